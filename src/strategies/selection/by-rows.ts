import { drawnBy, inOrder } from './picks.js';
import type { SelectionStrategy } from './selection.js';

/** Drawn for each version without replacement, with probability proportional to the training rows. */
export const byRows: SelectionStrategy = {
  name: 'by-rows',
  description: 'a share of the clients, those with more rows more often',
  make:
    () =>
    ({ clients, size, profiles }, draw) =>
      inOrder(
        clients,
        drawnBy((client) => profiles[client]!.rows, clients, size, draw),
      ),
};
