import type { Objective, PerObjective } from '../../objective.js';
import type { TokenTable } from '../../data/token-table.js';
import type { Head } from '../../model/head.js';
import type { ModelShape } from '../../model/model-shape.js';
import type { Answer } from '../../model/reward-features.js';
import type { ParamSet } from '../../params/param-set.js';
import type { RewardScale } from '../reward-scale.js';
import type { RewardParams, Tasks } from '../task.js';

/** A kind of reward model, as the tasks of Steps 2.3 to 3.3 see it. */
export interface RewardModels {
  /** Step 2.3 for one objective. `pairs` has chosen and rejected rows in turn, at least one pair. */
  train(start: ParamSet, pairs: TokenTable, training: RewardTraining): TrainedReward;
  /** Scores of all rows of a table of pairs. */
  scoresOfPairs(set: ParamSet, pairs: TokenTable): Float32Array;
  /** Raw scores of responses by both reward models of the request. */
  scoresOfAnswers(answers: readonly Answer[]): PerObjective<Float32Array>;
  /** The same scores, and with them what critics read. */
  scoresAndStates(answers: readonly Answer[]): ScoredAnswers;
  /** What a critic does with a state. */
  readonly criticHead: Head;
  /**
   * Step 3.1: a critic for rewards (score − mean) / std. What it reads cannot see the future; it begins as
   * the reward model where that cannot either.
   */
  critic(objective: Objective, scale: RewardScale): ParamSet;
}

export interface ScoredAnswers {
  readonly scores: PerObjective<Float32Array>;
  /** Per response (L, width): the state before each of its L tokens, row after row. */
  readonly states: PerObjective<readonly Float32Array[]>;
}

export interface RewardTraining {
  readonly hyper: Tasks['reward']['hyper'];
  readonly seed: string;
  readonly objective: Objective;
}

/** A trained reward model, and its Bradley–Terry loss as a mean over the steps. */
export interface TrainedReward {
  readonly set: ParamSet;
  readonly loss: number;
}

/** What a request tells of its reward models. */
export interface RewardRequest {
  readonly seed: string;
  readonly model: ModelShape;
  readonly params: RewardParams;
}
