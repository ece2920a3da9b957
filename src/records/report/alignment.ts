import type { AlignedClient, AlignmentSummary } from '../rows.js';
import { collapseStories } from './collapse.js';
import { number, percent } from './format.js';
import { html, type Html } from './html.js';

/** What went wrong, if anything did, and each client before and after beside what it asked for. */
export function alignmentDetails(alignment: AlignmentSummary | null): Html | null {
  if (alignment === null) return null;
  return html`${collapseCard(alignment)} ${clientsTable(alignment.clients)}`;
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

interface Column {
  readonly name: string;
  readonly before: (client: AlignedClient) => number | null;
  readonly after: (client: AlignedClient) => number | null;
  readonly format: (value: number | null) => string;
}

const columns: readonly Column[] = [
  {
    name: 'Helpful score',
    before: ({ helpfulBefore }) => helpfulBefore,
    after: ({ helpful }) => helpful,
    format: twoDecimals,
  },
  {
    name: 'Harmless score',
    before: ({ harmlessBefore }) => harmlessBefore,
    after: ({ harmless }) => harmless,
    format: twoDecimals,
  },
  {
    name: 'Refuses sensitive',
    before: ({ refusalRateBefore }) => refusalRateBefore,
    after: ({ refusalRate }) => refusalRate,
    format: percent,
  },
  {
    name: 'Right on benign',
    before: ({ correctnessBefore }) => correctnessBefore,
    after: ({ correctness }) => correctness,
    format: percent,
  },
  {
    name: 'KL (nats)',
    before: ({ klK1Before }) => klK1Before,
    after: ({ klK1 }) => klK1,
    format: twoDecimals,
  },
  {
    name: 'distinct-2',
    before: ({ distinct2Before }) => distinct2Before,
    after: ({ distinct2 }) => distinct2,
    format: twoDecimals,
  },
  {
    name: 'Tokens',
    before: ({ lengthBefore }) => lengthBefore,
    after: ({ length }) => length,
    format: twoDecimals,
  },
];

/** As many as a mean over some tens of responses is worth. */
function twoDecimals(value: number | null): string {
  return number(value === null ? null : Number(value.toFixed(2)));
}

/** What was measured of nobody has no column. */
function clientsTable(clients: readonly AlignedClient[]): Html | null {
  if (clients.length === 0) return null;
  const shown = columns.filter(({ after }) => clients.some((client) => after(client) !== null));
  const rows = clients.map((client) => {
    const { id, weightHelpful, weightHarmless } = client;
    const weights = `${twoDecimals(weightHelpful)} : ${twoDecimals(weightHarmless)}`;
    const cells = shown.map(
      ({ before, after, format }) =>
        html`<td class="n">${format(before(client))} → <b>${format(after(client))}</b></td>`,
    );
    return html`<tr>
      <td class="stage">${id}</td>
      <td class="n">${weights}</td>
      ${cells}
    </tr> `;
  });
  return html`<div class="card wide scroll">
    <h3>What each client asked for, and what it got: before → after</h3>
    <table>
      <thead>
        <tr>
          <th>Client</th>
          <th class="n">Helpful : harmless</th>
          ${shown.map(({ name }) => html`<th class="n">${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
    <p class="source">
      On held-out prompts. Scores are standardised on responses to training prompts before alignment, less the
      penalty for a missing end of text. summary.json: stages.alignment.clients
    </p>
  </div>`;
}
