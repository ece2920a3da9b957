import type { AttackStrategy } from './attack.js';

/** Sends its first update of the stage again and again: what it says is honest, and older each time. */
export const staleReplay: AttackStrategy = {
  name: 'stale-replay',
  description: 'sends its first update of the stage again and again',
  make: () => ({ replays: true, update: ({ first }) => first }),
};
