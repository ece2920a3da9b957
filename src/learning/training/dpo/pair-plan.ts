import { objectives, type Objective, type PerObjective, type Weights } from '../../objective.js';
import type { Alignment } from '../algorithms/settings.js';

/**
 * A client's weight below which an objective's own pairs are left out: the loss on them has 1 / w_k in front
 * of the log-ratio and the margin alike, and is a step function in the end. The objective still counts, by
 * its reward model, in the margin of the other one's pairs.
 */
const smallestWeight = 0.05;

/** Which pairs a round of multi-objective DPO reads. */
export interface PairPlan {
  /** Objectives whose pairs are read; none where there are no pairs. */
  readonly objectives: readonly Objective[];
  readonly steps: number;
  /** Pairs of each of `objectives` in a step. */
  readonly pairsEach: number;
}

/** Sizes by the scenario's names, for `alignment`. */
type RoundSizes = Pick<Alignment, 'promptsPerRound' | 'ppoEpochs' | 'minibatchSize'>;

/**
 * As many responses as PPO would train on, promptsPerRound · ppoEpochs, are half as many pairs,
 * `minibatchSize` pairs per step and at least one step. A step has equally many pairs of each objective,
 * rounded up, so that the client's weights and not the sizes of its data say what counts. `counts` are the
 * pairs that the client has.
 */
export function pairPlan(
  { promptsPerRound, ppoEpochs, minibatchSize }: RoundSizes,
  weights: Weights,
  counts: PerObjective<number>,
): PairPlan {
  const read = objectives.filter((name) => weights[name] >= smallestWeight && counts[name] > 0);
  return {
    objectives: read,
    steps: Math.max(1, Math.ceil((promptsPerRound * ppoEpochs) / 2 / minibatchSize)),
    pairsEach: Math.ceil(minibatchSize / Math.max(1, read.length)),
  };
}
