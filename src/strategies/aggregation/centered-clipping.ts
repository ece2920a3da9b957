import { closed, count, positive } from '../../settings/form.js';
import { aggregation, type Aggregation } from './aggregation.js';
import { clipped } from './clipping.js';
import { meanVector } from './coordinates.js';
import { plus } from './deltas.js';
import { withKept } from './kept-tensors.js';
import { kindOf } from './weighted-mean.js';
import { setOfVector, vectorOf, wholeVectors } from './whole-vectors.js';

/**
 * v ← v + mean((Δ_i − v) min(1, τ/‖Δ_i − v‖)), some steps from the aggregate of the version before, 0 before
 * the first; then w ← w + v (Karimireddy, He and Jaggi, Learning from History for Byzantine Robust
 * Optimization, ICML 2021). All clients count alike. The paper's clients send their momentum; ours send what
 * their whole round has changed.
 */
export const centeredClipping = aggregation({
  name: 'centered-clipping',
  description: 'the last change, corrected by what clients change otherwise, cut to a length',
  options: closed({
    radius: positive(10, 'τ, the Euclidean norm that a client’s difference from the last change is cut to'),
    iterations: count(1, 1, 'steps for each version'),
  }),
  needsBase: () => true,
  make: ({ radius, iterations }) => correctedBy(radius, iterations),
});

function correctedBy(radius: number, iterations: number): Aggregation {
  return (given) => {
    const { vectors, tensors, asGlobal } = wholeVectors(given, 'deltas');
    let center = vectorOf(tensors, given.memory.sets['center']);
    for (let step = 0; step < iterations; step++) {
      const around = center;
      const corrections = vectors.map((vector) => clipped(plus(vector, around, -1), radius));
      center = plus(around, meanVector(corrections));
    }
    const made = setOfVector(kindOf(given.updates), tensors, center);
    const remembered = withKept(made, given.memory.sets['center'] ?? null);
    return { global: asGlobal(center), memory: { sets: { center: remembered }, notes: {} } };
  };
}
