import { resourceBlocks } from './resource-blocks.js';
import { schedulerStrategy } from '../scheduler.js';

/**
 * Frequency division: each has the same part of the band. Where it is cut into R resource blocks, n senders have
 * floor(R / n) of them, and what is left over goes to some of them, by turns from one coherence block to the next.
 */
export const equal = schedulerStrategy({
  name: 'equal',
  description: 'an equal part of the band for each of those who send now',
  options: { resourceBlocks: resourceBlocks('null: as finely as need be') },
  make: ({ resourceBlocks }) => ({
    windowSeconds: null,
    allot({ block, count }, shares) {
      if (resourceBlocks === null) {
        shares.fill(1 / count, 0, count);
        return;
      }
      const each = Math.floor(resourceBlocks / count);
      const over = resourceBlocks % count;
      const first = (block * over) % count;
      for (let i = 0; i < count; i++) {
        const hasOneMore = (i - first + count) % count < over;
        shares[i] = (each + (hasOneMore ? 1 : 0)) / resourceBlocks;
      }
    },
  }),
});
