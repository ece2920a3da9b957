import { closed } from '../../settings/form.js';
import type { Stream } from '../../simulation/random/stream.js';
import { codec } from './codec.js';
import { framedCodec } from './coding.js';
import { lossy, shareOf } from './own-options.js';
import { sparse } from './sparse.js';

/**
 * k = ⌈share · d⌉ parameters of a part of d by lot, times d/k, which makes the mean exact; the others are 0. With
 * error feedback they travel as they are: times d/k it is no contraction, and the residual would grow.
 */
export const randomK = codec({
  name: 'random-k',
  description: 'changes of a part by lot, and where they are, in the mean exact',
  options: closed({ share: shareOf(0.1, 'k/d, of the parameters of a part'), ...lossy({ delta: true }) }),
  make({ direction: _, share, ...common }) {
    const choice = {
      indicesOf: ({ length }: Float32Array, k: number, draw: Stream) => sampleBelow(length, k, draw),
      factor: (k: number, length: number) => (common.errorFeedback ? 1 : length / k),
    };
    // A factor, or a sum with 0.
    return framedCodec(sparse(share, choice, 1), common);
  },
});

/** k of the integers below `length` by lot, rising (Floyd; Bentley, Communications of the ACM 30(9), 1987). */
function sampleBelow(length: number, k: number, draw: Stream): Uint32Array {
  const taken = new Set<number>();
  for (let last = length - k; last < length; last++) {
    const drawn = draw.below(last + 1);
    taken.add(taken.has(drawn) ? last : drawn);
  }
  return Uint32Array.from(taken).sort();
}
