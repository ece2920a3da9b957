import type { SelectionStrategy } from './selection.js';

/** Drawn anew for each version without replacement, all clients equally likely. */
export const random: SelectionStrategy = {
  name: 'random',
  description: 'a share of the clients',
  make:
    () =>
    ({ clients, size }, draw) => {
      const cohort = new Set(draw.shuffle(clients).slice(0, size));
      return clients.filter((client) => cohort.has(client));
    },
};
