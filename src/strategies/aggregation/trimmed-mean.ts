import Type from 'typebox';
import { closed } from '../../settings/form.js';
import { aggregation } from './aggregation.js';
import { meanBetween, perCoordinate } from './coordinates.js';
import { mustBe } from './least-updates.js';
import { of } from './mean.js';
import { byzantine } from './own-options.js';
import { vectorRule } from './whole-vectors.js';

/**
 * For each coordinate the mean of what is left when the βn greatest and the βn least of n values are dropped
 * (Yin et al., ICML 2018), βn rounded down. It withstands f of n where f/n ≤ β < 1/2. Rows and staleness do
 * not count.
 */
export const trimmedMean = aggregation({
  name: 'trimmed-mean',
  description: 'the mean of each coordinate without its extremes',
  options: closed({
    share: Type.Number({
      exclusiveMinimum: 0,
      exclusiveMaximum: 0.5,
      default: 0.2,
      description: 'β, what is dropped of the updates on each side',
    }),
    byzantine,
    of,
  }),
  needsBase: (options) => options.of === 'deltas',
  atLeast: ({ byzantine, share }) => leastFor(byzantine, share),
  make: ({ share, byzantine, of }) =>
    vectorRule(of, (vectors) => {
      mustBe(leastFor(byzantine, share), 'trimmed-mean', vectors);
      const drop = droppedOf(vectors.length, share);
      return perCoordinate(vectors, (sorted) => meanBetween(sorted, drop, sorted.length - drop));
    }),
});

/** βn rounded down, not lowered by the rounding of the product: 0.29 · 100 is 28.999999999999996. */
function droppedOf(updates: number, share: number): number {
  return Math.min(Math.floor(share * updates + 1e-9), Math.ceil(updates / 2) - 1);
}

/** The fewest updates of which at least f are dropped on each side. */
function leastFor(byzantine: number, share: number): number {
  return Math.max(1, Math.ceil(byzantine / share - 1e-9));
}
