import { closed, positive } from '../../settings/form.js';
import { aggregation } from './aggregation.js';
import { clipped } from './clipping.js';
import { meanVector } from './coordinates.js';
import { weightBy, weighting } from './own-options.js';
import { vectorRule } from './whole-vectors.js';

/**
 * w ← w + Σ α_k Δ_k min(1, C/‖Δ_k‖) / Σ α_k, the norm over all tensors as one vector (Sun et al., Can You
 * Really Backdoor Federated Learning?, 2019: norm thresholding). α_k counts (1 + staleness)^-a too.
 */
export const normClipping = aggregation({
  name: 'norm-clipping',
  description: 'the mean of changes that are cut to a length',
  options: closed({
    longest: positive(1, 'C, the Euclidean norm that a client’s change of the part is cut to'),
    weighting: weighting('rows'),
  }),
  needsBase: () => true,
  make: ({ longest, weighting, stalenessExponent }) =>
    vectorRule('deltas', (vectors, updates) =>
      meanVector(
        vectors.map((vector) => clipped(vector, longest)),
        updates.map(weightBy(weighting, stalenessExponent)),
      ),
    ),
});
