import { positive } from '../../../settings/form.js';
import { schedulerStrategy, type Claims } from '../scheduler.js';
import { greatest } from './greatest.js';
import { resourceBlocks } from './resource-blocks.js';

/**
 * Whoever's rate r is greatest beside its average A over the window has the band, A ← A + (r' - A)(1 - e^(-t/w))
 * after a time t in which it had r' (Viswanath, Tse and Laroia, Opportunistic beamforming using dumb antennas,
 * IEEE Trans. Inf. Theory 48(6), 2002; Jalali, Padovani and Pankaj, VTC 2000). Who has had nothing yet goes first.
 * With resource blocks each of them goes to whoever's rate would grow most by it, beside its average: the growth
 * is less for one who has some already and keeps its power.
 */
export const proportionalFair = schedulerStrategy({
  name: 'proportional-fair',
  description: 'the band for the one whose rate is best beside what it has had in the mean',
  options: {
    windowSeconds: positive(1, 'time constant of the mean of what each has had'),
    resourceBlocks: resourceBlocks('null: all of the band goes to one at a time'),
  },
  make: ({ windowSeconds, resourceBlocks }) => ({
    windowSeconds,
    allot(claims, shares) {
      const parts = resourceBlocks ?? 1;
      for (let part = 0; part < parts; part++) {
        const best = greatest(claims.count, (sender) => metric(claims, sender, shares[sender]!, 1 / parts));
        shares[best]! += 1 / parts;
      }
    },
  }),
});

/** Of those who have had nothing, who come first, the greater rate counts. */
function metric(claims: Claims, sender: number, share: number, more: number): number {
  const gained = claims.rateBps(sender, share + more) - (share === 0 ? 0 : claims.rateBps(sender, share));
  const average = claims.averageBps(sender);
  return average === 0 && share === 0 ? firstOfAll * gained : gained / Math.max(average, leastBps);
}

/** Above any rate over an average of at least `leastBps`. */
const firstOfAll = 1e200;
const leastBps = 1e-30;
