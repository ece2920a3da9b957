import { textOf, updateName } from '../../../machines/events.js';
import { violationsOf, type Checker } from './checker.js';

/**
 * Nobody works unasked: a client answers only orders that the server gave to it, an aggregate holds only such
 * answers, and a round's row counts a cohort of at least the clients whose answers to the round's own orders
 * were aggregated.
 */
export function orders(): Checker {
  const given = new Set<string>();
  let aggregated: readonly { readonly from: string; readonly version: number }[] = [];
  const fail = violationsOf('orders');

  return {
    onBus({ phase, envelope: { from, to, message } }) {
      if (phase !== 'sent') return;
      if (message.direction === 'down') {
        if (message.order) given.add(`${to} ${textOf(message.order)}`);
      } else if (!given.has(`${from} ${textOf(message.answers)}`)) {
        fail(`${from} sent the ${updateName(message)}, which it was never asked for`);
      }
    },
    onAggregate(updates) {
      for (const { from, ...update } of updates) {
        if (given.has(`${from} ${textOf(update.answers)}`)) continue;
        fail(`${from}'s ${updateName(update)} was aggregated, which it was never asked for`);
      }
      aggregated = updates.map(({ from, answers: { version } }) => ({ from, version }));
    },
    onMetric(row) {
      if (row.type !== 'round') return;
      const fresh = new Set(
        aggregated.flatMap(({ from, version }) => (version === row.round - 1 ? [from] : [])),
      );
      if (fresh.size > row.cohort) {
        fail(
          `${row.stage} round ${row.round} has updates of ${fresh.size} clients from a cohort of ${row.cohort}`,
        );
      }
    },
  };
}
