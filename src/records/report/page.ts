import type { LoadReport } from '../../learning/data/types.js';
import type { ClientManifest } from '../manifest.js';
import type { RunDocuments, RunRecords } from '../read.js';
import { alignmentDetails } from './alignment.js';
import { all, panelGrid } from './cards.js';
import { mostLines } from './charts.js';
import { conclusion } from './conclusion.js';
import { withContents } from './contents.js';
import { htmlDocument } from './document.js';
import { endedSentence } from './ended.js';
import { figureNames } from './figure-names.js';
import { fairnessText, stalenessText } from './evenness.js';
import { machinesSection, type Entered } from './machines.js';
import { stageFigures } from './figures.js';
import { bits, duration, interval, joules, number, percent, whole } from './format.js';
import { html, type Html } from './html.js';
import { newcomersSection } from './overfitting.js';
import { lanesSection } from './lanes.js';
import { stageSections, type StageSection } from './panels.js';
import { radioSection } from './radio.js';
import { reportRun, type ReportRun } from './report-rows.js';
import { responsesSection } from './responses.js';
import { reproduction } from './reproduce.js';
import { nameOf } from '../../strategies/strategy.js';
import { table, type Column } from './table.js';
import { toTargetText } from './to-target.js';

/**
 * The report of a run as one HTML page: no request to anywhere, and no script but the one that hands charts out as
 * files.
 */
export function page(run: RunRecords, entered: Entered | null = null): Promise<string> {
  return pageOf(reportRun(run), entered);
}

/** The same of a run whose rows have been read. */
export async function pageOf(run: ReportRun, entered: Entered | null): Promise<string> {
  const { summary, manifest } = run;
  const { contents, sections } = withContents(
    html`${resultsTable(run)} ${await stages(run)} ${newcomersSection(run.summary)} ${await radioSection(run)}
    ${await lanesSection(run)} ${clientsSection(run)} ${responsesSection(run)} ${machinesSection(entered)}
    ${manifestSection(run)}`,
  );
  return htmlDocument(
    `${summary.scenario}, seed ${summary.seed} · pwff`,
    html`${header(run)} ${contents} ${tiles(run)} ${sections}
      <footer>
        Written by pwff ${manifest.version} from the record files beside this page;
        <code>pwff report</code> writes it again. docs/records.md explains every file and field.
      </footer>`,
  );
}

function header({ summary, manifest }: RunDocuments): Html {
  const { description } = manifest.scenario;
  const complete = summary.ended.reason === 'finished';
  const collapsed = (summary.stages.alignment?.collapse ?? []).length > 0;
  return html`<header>
    <h1>${summary.scenario}</h1>
    <div class="badges">
      <span class="badge">seed <b>${summary.seed}</b></span>
      <span class="badge">method <b>${summary.method}</b></span>
      <span class="badge">backend <b>${summary.backend}</b></span>
      <span class="badge">clients <b>${manifest.scenario.clients.count}</b></span>
      <span class="badge">virtual time <b>${duration(summary.virtualSeconds)}</b></span>
      ${
        summary.wallSeconds === null
          ? null
          : html`<span class="badge">computed in <b>${duration(summary.wallSeconds)}</b></span>`
      }
      ${summary.synthetic ? html`<span class="badge warn">synthetic data</span>` : null}
      ${manifest.scenario.learning === 'stub' ? html`<span class="badge warn">nothing was trained</span>` : null}
      ${complete ? null : html`<span class="badge warn">${summary.ended.reason}</span>`}
      ${collapsed ? html`<span class="badge warn">alignment collapsed</span>` : null}
    </div>
    ${description === undefined ? null : html`<p class="lead">${description}</p>`}
    <p>${[endedSentence(summary.ended), ...conclusion(summary)].join(' ')}</p>
    ${
      summary.traceHash === null
        ? null
        : html`<p class="source">
            Trace <span class="hash">${summary.traceHash}</span> · equal hashes mean equal runs
          </p>`
    }
  </header>`;
}

interface Tile {
  readonly name: string;
  readonly value: string;
  readonly before: string;
  readonly hue?: string;
}

function tiles({ summary }: RunDocuments): Html {
  const { instruction, reward, alignment } = summary.stages;
  const { messages } = summary;
  const shown: Tile[] = [];
  if (instruction) {
    const { accuracy, accuracyBefore, sharedAccuracy, sharedAccuracyBefore } = instruction;
    const hue = 'instruction';
    shown.push({
      hue,
      name: figureNames.accuracy,
      value: percent(accuracy),
      before: `was ${percent(accuracyBefore)}`,
    });
    if (sharedAccuracy !== null) {
      const before = `was ${percent(sharedAccuracyBefore)}`;
      shown.push({ hue, name: figureNames.sharedAccuracy, value: percent(sharedAccuracy), before });
    }
  }
  if (reward) {
    const before = `harmlessness ${percent(reward.harmlessAccuracy)}`;
    shown.push({
      hue: 'reward',
      name: figureNames.helpfulAccuracy,
      value: percent(reward.helpfulAccuracy),
      before,
    });
  }
  if (alignment) {
    const before = `was ${number(alignment.rewardBefore)}`;
    shown.push({ hue: 'alignment', name: figureNames.reward, value: number(alignment.reward), before });
  }
  shown.push(
    {
      name: 'Messages',
      value: whole(messages.sent),
      before: `${messages.dropped} dropped, ${messages.inFlight} in flight`,
    },
    { name: 'Sent over the air', value: bits(messages.bits), before: joules(messages.energyJoules) },
  );
  return html`<div class="tiles">
      ${shown.map(
        ({ name, value, before, hue }) =>
          html`<div class="tile" style="--hue: var(--${hue ?? 'line'})">
            <div class="name">${name}</div>
            <div class="value">${value}</div>
            <div class="before">${before}</div>
          </div> `,
      )}
    </div>
    <p class="source">summary.json: stages, messages</p>`;
}

function resultsTable({ summary }: RunDocuments): Html | null {
  const figures = stageFigures(summary);
  if (figures.length === 0) return null;
  const rows = figures.map(({ stage, name, before, after, interval: range, source }, index) => {
    const heading = html`<tr class="group">
      <th colspan="4">${stage}</th>
    </tr>`;
    return html`${figures[index - 1]?.stage === stage ? null : heading}
      <tr>
        <td>${name}</td>
        <td class="n">${before}</td>
        <td class="n"><b>${after}</b>${interval(range)}</td>
        <td class="src"><code>${source}</code></td>
      </tr> `;
  });
  const target = toTargetText(summary);
  const behind = stalenessText(summary);
  return html`<h2><i></i>Results</h2>
    <div class="card scroll">
      <table>
        <thead>
          <tr>
            <th></th>
            <th class="n">Start</th>
            <th class="n">End</th>
            <th class="src">summary.json</th>
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </div>
    ${target === null ? null : html`<p class="source">${target} · summary.json: stages.instruction.toTarget</p>`}
    <p class="source">${fairnessText(summary)} · summary.json: fairness</p>
    ${behind === null ? null : html`<p class="source">${behind} · summary.json: staleness</p>`}`;
}

/** The stages with their charts; the third also client by client. */
async function stages(run: ReportRun): Promise<readonly Html[]> {
  const details = {
    instruction: null,
    reward: null,
    alignment: alignmentDetails(run.summary.stages.alignment),
  };
  return all(stageSections({ summary: run.summary, metrics: run.rows.charted }), (section) =>
    stageSection(section, details[section.stage]),
  );
}

async function stageSection(
  { stage, title, lead, panels }: StageSection,
  details: Html | null,
): Promise<Html> {
  return html`<h2 style="--hue: var(--${stage})"><i></i>${title}</h2>
    <p class="lead">
      ${lead} Thin lines: clients, by their numbers at the end; above ${mostLines} clients bands that hold the
      middle half and four fifths of them. Thick line: mean. Bars, where an update was missing: updates in the
      aggregate of the round, before a pale bar of its cohort; a cross is a round that was lost. A held-out
      figure is of the models after the round; the mean has the newest of each client. The reported loss is of
      each client’s model as its training left it, and its mean is what the server judges convergence by.
    </p>
    ${await panelGrid(panels)} ${details}`;
}

const clientColumns: readonly Column<ClientManifest>[] = [
  { head: 'Client', look: 'stage', cell: ({ id }) => id },
  { head: 'Style', look: '', cell: ({ style: answers }) => answers ?? '–' },
  { head: 'Rows', cell: ({ trainingRows }) => trainingRows },
  { head: 'Gflop/s', cell: ({ gigaflopsPerSecond }) => number(gigaflopsPerSecond) },
  { head: 'Slowdown', look: '', cell: ({ slowdown = 'none' }) => nameOf(slowdown) },
  { head: 'w helpful', cell: ({ weightHelpful }) => number(weightHelpful) },
  { head: 'w harmless', cell: ({ weightHarmless }) => number(weightHarmless) },
];

function clientsSection({ manifest }: RunDocuments): Html | null {
  if (manifest.clients.length === 0) return null;
  return html`<h2><i></i>The clients</h2>
    <div class="card scroll">
      ${table(manifest.clients, clientColumns)}
      <p class="source">manifest.json: clients</p>
    </div>`;
}

const dataColumns: readonly Column<LoadReport>[] = [
  { head: 'File', look: '', cell: ({ file }) => file },
  { head: 'Rows', cell: ({ rows }) => rows },
  { head: 'Used', cell: ({ used }) => used },
  {
    head: 'Left out',
    look: '',
    cell: ({ leftOut }) =>
      Object.entries(leftOut)
        .map(([reason, count]) => `${count} ${reason}`)
        .join(', '),
  },
];

function manifestSection(run: RunDocuments): Html {
  const {
    manifest,
    summary: { notes },
  } = run;
  const { backend, versions, workers, data } = manifest;
  return html`<h2><i></i>How it was made</h2>
    <div class="card">
      <p>
        Backend <b>${backend.name}</b> (${backend.reason}), ${workers}
        ${workers === 1 ? 'worker' : 'workers'}.
      </p>
      <p class="source">
        ${Object.entries(versions)
          .map(([name, version]) => `${name} ${version}`)
          .join(' · ')}
      </p>
      ${data.length === 0 ? null : table(data, dataColumns)}
      ${
        notes.length === 0
          ? null
          : html`<ul>
              ${notes.map((note) => html`<li>${note}</li>`)}
            </ul>`
      }
      ${reproduction(run)}
      <details>
        <summary>The scenario as it ran</summary>
        <pre>${JSON.stringify(manifest.scenario, null, 2)}</pre>
      </details>
      <p class="source">manifest.json; summary.json: notes</p>
    </div>`;
}
