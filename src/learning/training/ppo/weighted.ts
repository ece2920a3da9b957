import { objectives, perObjective, type PerObjective, type Weights } from '../../objective.js';
import { derived, type Figure } from '../figure.js';

/** Linear combination of one value per objective by a client's own weights (Step 3.2). */
function weightedSum(weights: Weights, values: PerObjective<number>): number {
  return objectives.reduce((sum, objective) => sum + weights[objective] * values[objective], 0);
}

/** The same of one figure per objective; null where one of them was not measured. */
export function weightedFigure(weights: Weights, { helpful, harmless }: PerObjective<Figure>): Figure {
  return derived([helpful, harmless], (helpful, harmless) => weightedSum(weights, { helpful, harmless }));
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
