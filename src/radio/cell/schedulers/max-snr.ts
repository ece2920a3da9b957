import { greatest } from './greatest.js';
import { schedulerStrategy } from '../scheduler.js';

/**
 * The most bits per second for the cell and nothing for fairness: all of the band for the best link (Knopp and
 * Humblet, Information capacity and power control in single-cell multiuser communications, ICC 1995). The order
 * of the rates is that of the ratios snr g; where steps of modulation make rates equal, the lower number has it.
 */
export const maxSnr = schedulerStrategy({
  name: 'max-snr',
  description: 'all of the band for the one whose link is best in this coherence block',
  options: {},
  make: () => ({
    windowSeconds: null,
    allot(claims, shares) {
      shares[greatest(claims.count, (sender) => claims.rateBps(sender, 1))] = 1;
    },
  }),
});
