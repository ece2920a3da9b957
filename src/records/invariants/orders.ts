import { isRequest, textOf, updateName, type Model } from '../../../machines/events.js';
import { violationsOf, type Checker } from './checker.js';

/**
 * Nobody works unasked: a client answers only orders that the server gave to it, from the global model that
 * came with the order; an aggregate holds only such answers; and a round's row counts a cohort of at least the
 * clients whose answers to the round's own orders were aggregated.
 */
export function orders(): Checker {
  /** Each order, and the global model that came with it: by hashes, as handles would keep it alive. */
  const given = new Map<string, string>();
  let aggregated: readonly { readonly from: string; readonly version: number }[] = [];
  const fail = violationsOf('orders');

  return {
    onBus({ phase, envelope: { from, to, message } }) {
      if (phase !== 'sent') return;
      if (message.direction === 'down') {
        if (!isRequest(message) && message.order)
          given.set(`${to} ${textOf(message.order)}`, stateOf(message.global));
        return;
      }
      const state = given.get(`${from} ${textOf(message.answers)}`);
      if (state === undefined) fail(`${from} sent the ${updateName(message)}, which it was never asked for`);
      if (state === stateOf(message.startedFrom)) return;
      fail(`${from} sent the ${updateName(message)}, made from another global model than its order's`);
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

function stateOf(global: Model): string {
  return Object.values(global)
    .map((ref) => ref?.hash ?? 'none')
    .join(' ');
}
