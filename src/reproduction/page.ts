import { seedsText } from '../comparison/texts.js';
import { all } from '../records/report/cards.js';
import { htmlDocument } from '../records/report/document.js';
import { number } from '../records/report/format.js';
import { html, Html } from '../records/report/html.js';
import { svg } from '../records/report/svg.js';
import { table } from '../records/report/table.js';
import { stages } from '../../machines/protocol.js';
import { figureChart } from './figure-chart.js';
import { reproductionPresets } from './presets.js';
import { titleOf, type FigureResult, type Reproduction } from './reproduction.js';
import { tuningSeeds } from './seeds.js';
import { columnsOf, missingForms, nameOf, testsText } from './texts.js';

/** Both figures and their tables as one HTML page with the look of a run's report. `command` made it. */
export async function reproductionPage(reproduction: Reproduction, command: string): Promise<string> {
  const { figures } = reproduction;
  return htmlDocument(
    'Figs. 4 and 5 · pwff',
    html`${header(reproduction, command)}
      <div class="charts" style="--columns: 2">
        ${await all(figures, async (result) => chartCard(result, reproduction))}
      </div>
      ${figures.map((result) => tableSection(result, reproduction))} ${uploadsSection(reproduction)}
      <footer>
        Written by <code>${command}</code>. docs/reproduction.md says which claims of section V come out.
      </footer>`,
  );
}

function header({ preset, scenario, seeds, notes }: Reproduction, command: string): Html {
  const { label, states } = reproductionPresets[preset];
  return html`<header>
    <h1>The paper’s contenders, on the same machines</h1>
    <div class="badges">
      <span class="badge">preset <b>${preset}</b></span> <span class="badge">${label}</span>
      <span class="badge">scenario <b>${scenario}</b></span> <span class="badge">${seedsText(seeds)}</span>
      ${notes.map((note) => html`<span class="badge warn">${note}</span> `)}
    </div>
    <p class="lead">
      Section V-B of the paper compares PWFF with three methods in each of Figs. 4 and 5. Here all of them run
      on the same state machines, with the same data, fades and losses under each seed. Rates of stage 1 were
      tuned for each method on seeds ${tuningSeeds.join(' and ')}, of which none is shown; those of stage 3
      are the same for all. ${states}
    </p>
    <p class="source"><code>${command}</code></p>
  </header>`;
}

async function chartCard(result: FigureResult, reproduction: Reproduction): Promise<Html> {
  const { figure } = result;
  const chart = figureChart(result, reproduction);
  return html`<figure class="card" style="margin: 0">
    ${
      chart === null
        ? html`<p class="source">No run has a figure to draw.</p>`
        : new Html(await svg(chart, figure.title))
    }
    <p class="source">
      Faint: runs. Diamonds: means over the seeds, with Student’s 95 % intervals. Upright bars: closed forms.
      File: ${figure.name}.svg
    </p>
  </figure> `;
}

function tableSection(result: FigureResult, { preset }: Reproduction): Html {
  const { figure, rows } = result;
  return html`<h2><i></i>${figure.title}</h2>
    <p class="lead">${reproductionPresets[preset].label}. ${figure.reading}</p>
    <div class="card wide scroll">
      ${table(rows, [{ head: '', look: 'stage', cell: nameOf }, ...columnsOf(result)])}
    </div>
    <p class="source">${testsText} Files: reproduce.csv, reproduce-values.csv, reproduce.json</p>
    ${missingForms(result).map((text) => html`<p class="source">${text}</p>`)}`;
}

function uploadsSection({ uploads, preset }: Reproduction): Html {
  const rows = Object.entries(uploads);
  return html`<h2><i></i>What one client uploads in a round</h2>
    <p class="lead">
      Seconds, bits over the ergodic rate; joules are as many at 1 W. ${reproductionPresets[preset].label}.
      Stage 2 uploads the reward models, which neither figure of the paper counts.
    </p>
    <div class="card wide scroll">
      ${table(rows, [
        { head: '', look: 'stage', cell: ([method]) => titleOf(method as Parameters<typeof titleOf>[0]) },
        ...stages.map((stage, index) => ({
          head: `stage ${index + 1}, ${stage}`,
          cell: ([, seconds]: (typeof rows)[number]) => number(seconds[stage]),
        })),
      ])}
    </div>`;
}
