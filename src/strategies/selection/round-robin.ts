import { inOrder } from './picks.js';
import type { SelectionStrategy, ToSelect } from './selection.js';

/**
 * In turn: who was asked longest ago, of these who was asked less often, of these the first. Where all can be
 * selected each time these are the next clients in their order, around and around.
 */
export const roundRobin: SelectionStrategy = {
  name: 'round-robin',
  description: 'the next clients in their order',
  make:
    () =>
    ({ clients, size, history }) => {
      const isBefore = turns(history);
      return inOrder(clients, [...clients].sort(isBefore).slice(0, size));
    },
};

function turns(history: ToSelect['history']) {
  const last = (client: string) => history[client]!.asked.at(-1)?.version ?? -1;
  return (one: string, other: string) =>
    last(one) - last(other) || history[one]!.orders - history[other]!.orders;
}
