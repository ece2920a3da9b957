import { closed, count } from '../../settings/form.js';
import { aggregation } from './aggregation.js';
import { cosine, meanVector } from './coordinates.js';
import { plus } from './deltas.js';
import { vectorOf, wholeVectors } from './whole-vectors.js';

/**
 * w ← w + Σ p_i Δ_i / Σ p_i with p_i = n_i [B/(τ_i + B) + (cos(Δ_i, w_t − w_{t−τ}) + 1)/2]: a stale update counts less,
 * and more where it goes the way that the global model has gone since (Su and Li, "How asynchronous can federated
 * learning be?", IWQoS 2022, "Port"). The angle is over all tensors as one vector. It counts as 0 where there is
 * none: of an update in time, or of one that changed nothing.
 */
export const port = aggregation({
  name: 'port',
  description: 'the mean of changes, by staleness and by agreement with what happened since',
  options: closed({ bound: count(1, 10, 'B, the staleness at which that factor is a half') }),
  needsBase: () => true,
  weightsSum: () => 1,
  make:
    ({ bound }) =>
    (given) => {
      const { vectors, updates, tensors, asGlobal } = wholeVectors(given, 'deltas');
      const now = vectorOf(tensors, given.global ?? undefined);
      const weights = updates.map(({ rows, staleness, base }, k) => {
        const since = plus(now, vectorOf(tensors, base ?? undefined), -1);
        return rows * (bound / (staleness + bound) + (cosine(vectors[k]!, since) + 1) / 2);
      });
      return { global: asGlobal(meanVector(vectors, weights)), memory: given.memory };
    },
});
