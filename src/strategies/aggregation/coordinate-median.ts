import { closed } from '../../settings/form.js';
import { aggregation } from './aggregation.js';
import { middle, perCoordinate } from './coordinates.js';
import { of } from './mean.js';
import { vectorRule } from './whole-vectors.js';

/**
 * For each coordinate the median over the clients (Yin et al., Byzantine-Robust Distributed Learning, ICML
 * 2018); the mean of the two middles of an even number. Rows and staleness do not count.
 */
export const coordinateMedian = aggregation({
  name: 'coordinate-median',
  description: 'the median of each coordinate',
  options: closed({ of }),
  needsBase: (options) => options.of === 'deltas',
  make: ({ of }) => vectorRule(of, (vectors) => perCoordinate(vectors, middle)),
});
