import type { AlignedClient, AlignmentSummary } from '../summary.js';
import { collapseStories } from './collapse.js';
import { figureNames } from './figure-names.js';
import { interval, number, percent } from './format.js';
import { html, type Html } from './html.js';
import { phrasesCard } from './phrases.js';
import { table, type Column } from './table.js';

/** What went wrong, if anything did, and each client before and after beside what it asked for. */
export function alignmentDetails(alignment: AlignmentSummary | null): Html | null {
  if (alignment === null) return null;
  return html`${collapseCard(alignment)} ${phrasesCard(alignment)} ${clientsTable(alignment.clients)}`;
}

function collapseCard({ collapse }: AlignmentSummary): Html | null {
  if (collapse.length === 0) return null;
  return html`<div class="card wide warning">
    <h3>This alignment has collapsed</h3>
    <ul>
      ${collapseStories(collapse).map(({ finding, advice }) => html`<li><b>${finding}.</b> ${advice}.</li> `)}
    </ul>
    <p class="source">
      summary.json: stages.alignment.collapse; the limits: alignment.collapse of the scenario. The dashed line
      in the charts above is the first round beyond a limit.
    </p>
  </div>`;
}

/** What a client could do before alignment and after it, by the figure's key in summary.json. */
function change(
  key: 'helpful' | 'harmless' | 'refusalRate' | 'correctness' | 'klK1' | 'distinct2' | 'length',
  format: (value: number | null) => string,
): Column<AlignedClient> {
  return {
    head: figureNames[key],
    has: (client) => client[key] !== null,
    cell: ({ intervals, ...client }) => {
      const after = isRate(key) ? interval(intervals?.[key] ?? null) : '';
      return html`${format(client[`${key}Before`])} → <b>${format(client[key])}</b>${after}`;
    },
  };
}

function isRate(key: string): key is 'refusalRate' | 'correctness' {
  return key === 'refusalRate' || key === 'correctness';
}

const columns: readonly Column<AlignedClient>[] = [
  { head: 'Client', look: 'stage', cell: ({ id }) => id },
  {
    head: 'Helpful : harmless',
    cell: ({ weightHelpful, weightHarmless }) =>
      `${twoDecimals(weightHelpful)} : ${twoDecimals(weightHarmless)}`,
  },
  change('helpful', twoDecimals),
  change('harmless', twoDecimals),
  change('refusalRate', percent),
  change('correctness', percent),
  change('klK1', twoDecimals),
  change('distinct2', twoDecimals),
  change('length', twoDecimals),
];

/** As many as a mean over some tens of responses is worth. */
function twoDecimals(value: number | null): string {
  return number(value === null ? null : Number(value.toFixed(2)));
}

/** What was measured of nobody has no column. */
function clientsTable(clients: readonly AlignedClient[]): Html | null {
  if (clients.length === 0) return null;
  return html`<div class="card wide scroll">
    <h3>What each client asked for, and what it got: before → after</h3>
    ${table(clients, columns)}
    <p class="source">
      On held-out prompts. Scores are standardised on responses to training prompts before alignment, less the
      penalty for a missing end of text. Rates with Wilson’s 95 % interval of what came after, by the number
      of responses. summary.json: stages.alignment.clients
    </p>
  </div>`;
}
