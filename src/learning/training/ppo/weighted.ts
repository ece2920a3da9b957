import { objectives, perObjective, type PerObjective, type Weights } from '../../objective.js';

/** Linear combination of one value per objective by a client's own weights (Step 3.2). */
export function weightedSum(weights: Weights, values: PerObjective<number>): number {
  return objectives.reduce((sum, objective) => sum + weights[objective] * values[objective], 0);
}

/** The same of one stream per objective, token by token. */
export function weightedSums(weights: Weights, streams: PerObjective<ArrayLike<number>>): Float64Array {
  return Float64Array.from(streams.helpful, (_, t) =>
    weightedSum(
      weights,
      perObjective((objective) => streams[objective][t]!),
    ),
  );
}
