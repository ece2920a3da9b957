import Type from 'typebox';
import { strategy } from '../../../strategies/strategy.js';
import type { Slowdown } from './slowdown.js';

/** e^(sigma z) of a standard normal z: median 1, mean e^(sigma^2 / 2). It may be below 1. */
export const lognormal = strategy({
  name: 'lognormal',
  description: 'log-normal of median 1',
  options: Type.Object({
    sigma: Type.Number({ minimum: 0, maximum: 3, description: 'standard deviation of the logarithm' }),
  }),
  make:
    ({ sigma }: { readonly sigma: number }): Slowdown =>
    (draw) =>
      Math.exp(sigma * draw.normal()),
});
