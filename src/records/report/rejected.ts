import type { RejectedUpdates, Summary } from '../summary.js';
import { html, type Html } from './html.js';
import { table, type Column } from './table.js';

/** What a check finds wrong, in half a line. */
const whatIsWrong: Readonly<Record<RejectedUpdates['check'], string>> = {
  client: 'it is of no client, or of another one than sent it',
  order: 'it answers no order of its client',
  tensors: 'it has other tensors',
  type: 'its values are not float32, or not as many as its shapes say',
  finite: 'a value of it is not finite',
  norm: 'its change is longer than server.maxUpdateNorm',
};

/** "Rejected: 4 updates of client-2 (finite): lora tensor … is NaN at index 0", one line for each client and check. */
export function rejectedTexts({ rejected }: Pick<Summary, 'rejected'>): string[] {
  return rejected.map(
    ({ client, check, updates, why }) =>
      `Rejected: ${updates} ${updates === 1 ? 'update' : 'updates'} of ${client} (${check})` +
      (updates === 1 ? `: ${why}` : `, the first: ${why}`),
  );
}

const columns: readonly Column<RejectedUpdates>[] = [
  { head: 'Client', look: 'stage', cell: ({ client }) => client },
  { head: 'Updates', cell: ({ updates }) => updates },
  { head: 'Check', look: '', cell: ({ check }) => check },
  { head: 'What is wrong', look: '', cell: ({ check }) => whatIsWrong[check] },
  { head: 'Of the first', look: '', cell: ({ why }) => why },
];

/** Null where the server rejected none. */
export function rejectedCard({ rejected }: Pick<Summary, 'rejected'>): Html | null {
  if (rejected.length === 0) return null;
  return html`<div class="card wide scroll">
    <h3>Updates that the server rejected</h3>
    <p class="source">They are in no mean, and count for no quorum; their clients are not waited for.</p>
    ${table(rejected, columns)}
    <p class="source">messages.jsonl: leftOut, why; summary.json: rejected</p>
  </div>`;
}
