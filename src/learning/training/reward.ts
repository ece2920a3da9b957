import type { TokenTable } from '../data/token-table.js';
import type { ParamSet } from '../params/param-set.js';
import { rankingOf, type Ranking } from './ranking.js';
import { rewardModels } from './reward-models/index.js';
import type { RewardModels, RewardTraining, TrainedReward } from './reward-models/reward-models.js';
import { perObjective } from './rollout.js';
import type { RankingMetrics, TaskFunction } from './task.js';

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
    return { ...trained, test: rankingOfTable(models, trained.set, data[`${objective}Test`]) };
  });
  return {
    output: { helpful: helpful.set, harmless: harmless.set },
    metrics: {
      helpfulLoss: helpful.loss,
      harmlessLoss: harmless.loss,
      helpfulTestLoss: helpful.test.loss,
      harmlessTestLoss: harmless.test.loss,
      ...rankingMetrics(helpful.test, harmless.test),
    },
  };
};

/** How a reward model ranks the pairs of a table; NaN where it has none. */
export function rankingOfTable(models: RewardModels, set: ParamSet, pairs: TokenTable): Ranking {
  return rankingOf(pairs.count === 0 ? [] : models.scoresOfPairs(set, pairs));
}

/** The figures of held-out pairs, without the losses, under the names that the records have for them. */
export function rankingMetrics(helpful: Ranking, harmless: Ranking): RankingMetrics {
  return {
    helpfulAccuracy: helpful.accuracy,
    harmlessAccuracy: harmless.accuracy,
    helpfulCalibrationError: helpful.calibrationError,
    harmlessCalibrationError: harmless.calibrationError,
    helpfulBrierScore: helpful.brierScore,
    harmlessBrierScore: harmless.brierScore,
    helpfulMeanScore: helpful.meanScore,
    harmlessMeanScore: harmless.meanScore,
    helpfulScoreStd: helpful.scoreStd,
    harmlessScoreStd: harmless.scoreStd,
  };
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
