import { greatestOf, inOrder } from './picks.js';
import type { SelectionStrategy } from './selection.js';

/** Those whose devices have spent the least joules in this run so far, on radio and computing; equals by lot. */
export const energyAware: SelectionStrategy = {
  name: 'energy-aware',
  description: 'those that have spent the least joules',
  make:
    () =>
    ({ clients, size, profiles }, draw) =>
      inOrder(
        clients,
        greatestOf(draw.shuffle(clients), size, (client) => -profiles[client]!.joules),
      ),
};
