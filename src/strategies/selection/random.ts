import type { Selection } from './index.js';

/**
 * A share of the clients, rounded up, drawn anew for each round without replacement, each client as likely.
 */
export const selectRandom: Selection = (clients, fraction, draw) => {
  const cohort = new Set(draw.shuffle(clients).slice(0, sharedOut(clients.length, fraction)));
  return clients.filter((client) => cohort.has(client));
};

/** ceil(fraction · count) without being led up by a rounded product: 0.1 · 30 is 3, not 4. */
function sharedOut(count: number, fraction: number): number {
  return Math.max(1, Math.ceil(fraction * count - 1e-9));
}
