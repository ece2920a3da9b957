import Type from 'typebox';
import { strategy } from '../../../strategies/strategy.js';
import type { Slowdown } from './slowdown.js';

/**
 * The shifted exponential, 1 + Exp(mean), of mean 1 + mean (Lee et al., "Speeding up distributed machine learning
 * using codes", IEEE Trans. Information Theory 64(3), 2018, section III).
 */
export const exponential = strategy({
  name: 'exponential',
  description: 'shifted exponential: 1 and an exponential of this mean',
  options: Type.Object({
    mean: Type.Number({ minimum: 0, description: 'of what comes on top, as a multiple of the time itself' }),
  }),
  make:
    ({ mean }: { readonly mean: number }): Slowdown =>
    (draw) =>
      1 + mean * draw.exponential(),
});
