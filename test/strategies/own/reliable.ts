import type { SelectionStrategy } from '../../../src/index.js';

/** Those with the fewest failures, of equals the quickest, of equals the first. */
export const reliable: SelectionStrategy = {
  name: 'reliable',
  description: 'the clients that have answered best so far',
  make:
    () =>
    ({ clients, size, history }) => {
      const cost = (client: string) => {
        const { failures, seconds } = history[client]!;
        return failures * 1e6 + (seconds ?? 0);
      };
      const best = [...clients].sort((a, b) => cost(a) - cost(b)).slice(0, size);
      return clients.filter((client) => best.includes(client));
    },
};
