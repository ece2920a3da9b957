import { html, type Html } from '../records/report/html.js';
import { panelCard, panelGrid } from '../records/report/cards.js';
import { htmlDocument } from '../records/report/document.js';
import { table } from '../records/report/table.js';
import type { Comparison } from './compare.js';
import { headOf, type AnyFigure } from './figure.js';
import { chartsOf, type ComparisonChart } from './panels.js';
import { shownValue, valueAt } from './settings.js';
import {
  differencesTitle,
  differenceText,
  estimateText,
  groupsText,
  paretoText,
  targetTexts,
  unpairedText,
} from './texts.js';

/** A comparison as one HTML page with the look of a run's report. */
export async function comparisonPage(comparison: Comparison): Promise<string> {
  const charts = chartsOf(comparison);
  return htmlDocument(
    'Comparison · pwff',
    html`${header(comparison)} ${meansSection(comparison)} ${differencesSection(comparison)}
      ${await paretoSection(comparison, charts)}
      ${await chartsSection('Figures by group', figuresLead, charts, 'figures')}
      ${await chartsSection('Differences by seed', differencesLead, charts, 'differences')}
      ${runsSection(comparison)} ${leftOutSection(comparison)}
      <footer>
        Written by <code>pwff compare</code> from the records of the runs named above. docs/compare.md says
        how each figure, interval and test is made.
      </footer>`,
  );
}

function header(comparison: Comparison): Html {
  const { runs, groups, notes, leftOut, paths } = comparison;
  const scenarios = [...new Set(runs.map(({ scenario }) => String(scenario['name'])))];
  return html`<header>
    <h1>${scenarios.join(', ')}</h1>
    <div class="badges">
      <span class="badge">runs <b>${runs.length}</b></span>
      <span class="badge">groups <b>${groups.length}</b></span>
      ${paths.map((path) => html`<span class="badge">by <b>${path}</b></span> `)}
      ${leftOut.length === 0 ? null : html`<span class="badge warn">${leftOut.length} left out</span>`}
      ${notes.map((note) => html`<span class="badge warn">${note}</span> `)}
    </div>
    <p class="lead">${groupsText(comparison)}</p>
  </header>`;
}

function meansSection(comparison: Comparison): Html {
  const { groups, figures } = comparison;
  return html`<h2><i></i>Means</h2>
    <p class="lead">Means over the seeds ± half of Student’s 95 % interval.</p>
    ${matrix(
      figures,
      groups.map(({ name, runs, estimates }) => ({
        head: `${name} (n ${runs.length})`,
        cell: (figure) => estimateText(figure, estimates[figure.key] ?? null),
      })),
    )}
    ${targetTexts(comparison).map((text) => html`<p class="source">${text}</p>`)}`;
}

function differencesSection(comparison: Comparison): Html | null {
  const { differences, figures } = comparison;
  if (differences.length === 0) return null;
  const pairs = differences.filter(({ seeds }) => seeds.length > 0);
  return html`<h2><i></i>Differences</h2>
    <p class="lead">${differencesTitle(comparison)}.</p>
    ${
      pairs.length === 0
        ? null
        : matrix(
            figures,
            pairs.map(({ group, base, seeds, figures: found }) => ({
              head: `${group.name} less ${base.name} (n ${seeds.length})`,
              cell: (figure) => differenceText(figure, found[figure.key] ?? null),
            })),
          )
    }
    ${unpairedText(differences).map((text) => html`<p class="source">${text}</p>`)}`;
}

interface GroupColumn {
  readonly head: string;
  readonly cell: (figure: AnyFigure) => string;
}

/** A line for each figure, a column for each group. */
function matrix(figures: readonly AnyFigure[], groups: readonly GroupColumn[]): Html {
  return html`<div class="card scroll">
    ${table(figures, [
      { head: '', look: '', cell: headOf },
      ...groups.map(({ head, cell }) => ({ head, cell: (figure: AnyFigure) => cell(figure) })),
    ])}
  </div>`;
}

async function paretoSection(
  comparison: Comparison,
  charts: readonly ComparisonChart[],
): Promise<Html | null> {
  const text = paretoText(comparison);
  if (text === null) return null;
  const panels = charts.filter(({ of }) => of === 'pareto').map(panelOf);
  return html`<h2><i></i>Pareto front</h2>
    <p class="lead">
      ${text}. Means over the seeds; of a group on the front no other is better in one figure and as good in
      the other.
    </p>
    ${await Promise.all(panels.map(panelCard))}`;
}

const figuresLead = 'Faint: runs. Strong: means over the seeds, with Student’s 95 % intervals.';
const differencesLead =
  'What each group has more than the reference, seed by seed, with Student’s 95 % intervals.';

async function chartsSection(
  title: string,
  lead: string,
  charts: readonly ComparisonChart[],
  of: ComparisonChart['of'],
): Promise<Html | null> {
  const panels = charts.filter((chart) => chart.of === of).map(panelOf);
  if (panels.length === 0) return null;
  return html`<h2><i></i>${title}</h2>
    <p class="lead">${lead}</p>
    ${await panelGrid(panels)}`;
}

const panelOf = ({ title, name, chart }: ComparisonChart) => ({ title, chart, source: `charts/${name}.svg` });

function runsSection({ runs, paths }: Comparison): Html {
  return html`<h2><i></i>Runs</h2>
    <div class="card scroll">
      ${table(runs, [
        { head: 'Run', look: 'stage', cell: ({ run }) => run },
        { head: 'Seed', cell: ({ seed }) => seed },
        ...paths.map((path) => ({
          head: path,
          look: '' as const,
          cell: ({ scenario }: (typeof runs)[number]) => shownValue(valueAt(scenario, path)),
        })),
        { head: 'Backend', look: '', cell: ({ origin }) => origin.backend },
        { head: 'pwff', look: '', cell: ({ origin }) => origin.version },
      ])}
      <p class="source">runs.csv and runs.parquet have their figures</p>
    </div>`;
}

function leftOutSection({ leftOut }: Comparison): Html | null {
  if (leftOut.length === 0) return null;
  return html`<h2><i></i>Left out</h2>
    <div class="card warning">
      <ul>
        ${leftOut.map(({ run, why }) => html`<li><b>${run}</b>: ${why}</li>`)}
      </ul>
    </div>`;
}
