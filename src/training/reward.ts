import type { TokenTable } from '../data/token-table.js';
import type { ParamSet } from '../params/param-set.js';
import { preferenceLoss, type PreferenceLoss } from './preference-loss.js';
import {
  rewardModels,
  type RewardModels,
  type RewardTraining,
  type TrainedReward,
} from './reward-models/index.js';
import { perObjective } from './rollout.js';
import type { TaskFunction } from './task.js';

/**
 * Step 2.3: trains both reward models on the client's preference pairs with AdamW. `helpfulLoss` and
 * `harmlessLoss` are means over the steps, the other figures those of the trained models on held-out pairs.
 */
export const reward: TaskFunction<'reward'> = async (request) => {
  const { params, data, hyper, seed } = request;
  const models = await rewardModels(request);
  const { helpful, harmless } = perObjective((objective) => {
    const training = { hyper, seed, objective };
    const trained = trainOn(models, params[objective], data[`${objective}Train`], training);
    return { ...trained, test: rankingOf(models, trained.set, data[`${objective}Test`]) };
  });
  return {
    output: { helpful: helpful.set, harmless: harmless.set },
    metrics: {
      helpfulLoss: helpful.loss,
      harmlessLoss: harmless.loss,
      helpfulTestLoss: helpful.test.loss,
      harmlessTestLoss: harmless.test.loss,
      helpfulAccuracy: helpful.test.accuracy,
      harmlessAccuracy: harmless.test.accuracy,
    },
  };
};

/** How a reward model ranks the pairs of a table; NaN where it has none. */
export function rankingOf(models: RewardModels, set: ParamSet, pairs: TokenTable): PreferenceLoss {
  if (pairs.count === 0) return preferenceLoss([]);
  return preferenceLoss(models.scoresOfPairs(set, pairs));
}

/** A client without pairs of an objective leaves its reward model as it is. */
function trainOn(
  models: RewardModels,
  start: ParamSet,
  pairs: TokenTable,
  training: RewardTraining,
): TrainedReward {
  return pairs.count === 0 ? { set: start, loss: NaN } : models.train(start, pairs, training);
}
