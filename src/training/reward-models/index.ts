import type { TokenTable } from '../../data/token-table.js';
import type { Objective } from '../../data/types.js';
import type { Answer } from '../../model/reward-features.js';
import type { ParamSet } from '../../params/param-set.js';
import type { ModelShape, RewardParams, Tasks } from '../task.js';
import { distilBertRewards } from './distilbert.js';
import { featureRewards } from './features.js';

/** A kind of reward model, as the tasks of Steps 2.3 to 3.3 see it. */
export interface RewardModels {
  /** Step 2.3 for one objective. `pairs` has chosen and rejected rows in turn, at least one pair. */
  train(start: ParamSet, pairs: TokenTable, training: RewardTraining): TrainedReward;
  /** Scores of all rows of a table of pairs. */
  scoresOfPairs(set: ParamSet, pairs: TokenTable): Float32Array;
  /**
   * Raw scores of responses by both reward models of the request; `states` are the answers' features under
   * the base model (`responseFeatures`) where the caller has them already.
   */
  scoresOfAnswers(
    answers: readonly Answer[],
    states?: readonly Float32Array[],
  ): Readonly<Record<Objective, Float32Array>>;
  /**
   * Step 3.1: a critic for rewards (score − mean) / std. It is always a network on the base's features, which
   * cannot see the future, and begins as the reward model where that is one too.
   */
  critic(objective: Objective, scale: { readonly mean: number; readonly std: number }): ParamSet;
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

/** The reward models of a task by their kind. Not to be held across tasks. */
export async function rewardModels(request: RewardRequest): Promise<RewardModels> {
  const { reward } = request.model;
  return reward ? distilBertRewards(request, reward) : featureRewards(request);
}
