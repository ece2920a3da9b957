import Type from 'typebox';
import { strategy } from '../../../strategies/strategy.js';
import type { Slowdown } from './slowdown.js';

/** Pareto from 1 on, P(X > x) = x^-alpha, of mean alpha / (alpha - 1): U^(-1 / alpha) of a uniform U. */
export const pareto = strategy({
  name: 'pareto',
  description: 'Pareto from 1 on: a heavy tail',
  options: Type.Object({
    alpha: Type.Number({
      exclusiveMinimum: 1,
      description: 'exponent of the tail; up to 2 without a variance',
    }),
  }),
  make:
    ({ alpha }: { readonly alpha: number }): Slowdown =>
    (draw) =>
      Math.exp(draw.exponential() / alpha),
});
