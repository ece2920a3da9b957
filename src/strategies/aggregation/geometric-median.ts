import { closed, count, positive } from '../../settings/form.js';
import { aggregation } from './aggregation.js';
import { meanVector, squaredDistance } from './coordinates.js';
import { of } from './mean.js';
import { weightBy, weighting } from './own-options.js';
import { vectorRule } from './whole-vectors.js';

/**
 * The point with the least sum of weighted distances to the updates, by the smoothed Weiszfeld algorithm
 * (Pillutla, Kakade and Harchaoui, Robust Aggregation for Federated Learning, 2019, "RFA"): from the weighted
 * mean, v ← Σ β_k u_k / Σ β_k with β_k = α_k / max(ν, ‖v − u_k‖), some rounds. α_k is the client's share of the
 * rows, times (1 + staleness)^-a.
 */
export const geometricMedian = aggregation({
  name: 'geometric-median',
  description: 'RFA: the point nearest to all updates, by smoothed Weiszfeld steps',
  options: closed({
    iterations: count(1, 3, 'steps from the mean'),
    smoothing: positive(1e-6, 'ν, below which a distance counts as this'),
    weighting: weighting('rows'),
    of,
  }),
  needsBase: (options) => options.of === 'deltas',
  make: ({ iterations, smoothing, weighting, of, stalenessExponent }) =>
    vectorRule(of, (vectors, updates) => {
      const alphas = updates.map(weightBy(weighting, stalenessExponent));
      let median = meanVector(vectors, alphas);
      for (let step = 0; step < iterations; step++) {
        const distances = vectors.map((vector) => Math.sqrt(squaredDistance(median, vector)));
        const betas = alphas.map((alpha, k) => alpha / Math.max(smoothing, distances[k]!));
        median = meanVector(vectors, betas);
      }
      return median;
    }),
});
