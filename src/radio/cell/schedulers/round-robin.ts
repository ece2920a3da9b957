import { schedulerStrategy } from '../scheduler.js';

/** Time division: block k is that of sender k mod n, of the n who could send in it. */
export const roundRobin = schedulerStrategy({
  name: 'round-robin',
  description: 'all of the band for each in turn, a coherence block at a time',
  options: {},
  make: () => ({
    windowSeconds: null,
    allot({ block, count }, shares) {
      shares[block % count] = 1;
    },
  }),
});
