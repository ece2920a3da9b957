import Type from 'typebox';
import type { Stream } from '../../simulation/random/stream.js';
import { closed } from '../../settings/form.js';
import { codec } from './codec.js';
import { framedCodec } from './coding.js';
import { levels } from './levels.js';
import { lossy } from './own-options.js';

/**
 * ‖v‖ · sign(v_j) · ξ_j of each tensor v of d parameters, ξ_j one of the two neighbours of |v_j|/‖v‖ on the grid
 * {0, 1/s, …, 1}, by chance so that its mean is that: unbiased, with a variance of at most
 * min(d/s², √d/s) ‖v‖² (Alistarh et al., QSGD, NIPS 2017, section 3.1 and Lemma 3.1). Levels are packed,
 * in place of the paper's Elias code: `entropy` is there for that.
 */
export const qsgd = codec({
  name: 'qsgd',
  description: 'every parameter on one of s levels of its tensor’s norm, by chance, in the mean exact',
  byTensor: true,
  options: closed({
    levels: Type.Integer({
      minimum: 1,
      maximum: 32767,
      default: 7,
      description: 's; with the sign a parameter takes the bits of 2s + 1 numbers',
    }),
    ...lossy({ delta: true }),
  }),
  make({ direction: _, levels: s, ...common }) {
    const grid = {
      stepOf: (values: Float32Array) => norm(values) / s,
      levelOf(steps: number, draw: Stream) {
        const magnitude = Math.abs(steps);
        const below = Math.floor(magnitude);
        const level = below + (draw.uniform() < magnitude - below ? 1 : 0);
        // A step that was rounded down to float32 makes a lone value reach beyond s by less than 2^-23 of it.
        return Math.sign(steps) * Math.min(s, level);
      },
    };
    // A square added, a division, a draw, a comparison, a sum.
    return framedCodec(levels(s, grid, 6), common);
  },
});

/** In float64. */
function norm(values: Float32Array): number {
  let squared = 0;
  for (const value of values) squared += value * value;
  return Math.sqrt(squared);
}
