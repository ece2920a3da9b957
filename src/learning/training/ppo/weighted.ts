import { objectives, type Objective } from '../../data/types.js';

/** A client's own weights of the objectives (Step 3.2); they sum to 1. */
export type Weights = Readonly<Record<Objective, number>>;

/** Linear combination of one stream a objective, token by token (Step 3.2). */
export function weightedSum(
  weights: Weights,
  streams: Readonly<Record<Objective, ArrayLike<number>>>,
): Float64Array {
  return Float64Array.from(streams.helpful, (_, t) =>
    objectives.reduce((sum, objective) => sum + weights[objective] * streams[objective][t]!, 0),
  );
}
