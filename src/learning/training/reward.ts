import { perObjective } from '../objective.js';
import type { TokenTable } from '../data/token-table.js';
import type { ParamSet } from '../params/param-set.js';
import type { Figure } from './figure.js';
import { rankingOf, type Ranking } from './ranking.js';
import { rewardModels } from './reward-models/index.js';
import type { RewardModels, RewardTraining } from './reward-models/reward-models.js';
import type { TaskFunction } from './task.js';

/** Step 2.3: trains both reward models on the client's preference pairs with AdamW. */
export const reward: TaskFunction<'reward'> = async (request) => {
  const { params, data, hyper, seed } = request;
  const models = await rewardModels(request);
  const trained = perObjective((objective) => {
    const { train, validation } = data[objective];
    const start = params.rewardModels[objective];
    const { set, loss } = trainOn(models, start, train, { hyper, seed, objective });
    const ranking = rankingOfTable(models, set, validation);
    return { set, metrics: { ...ranking, loss, validationLoss: ranking.loss } };
  });
  return {
    output: { rewardModels: perObjective((objective) => trained[objective].set) },
    metrics: perObjective((objective) => trained[objective].metrics),
  };
};

/** How a reward model ranks the pairs of a table; null where it has none. */
export function rankingOfTable(models: RewardModels, set: ParamSet, pairs: TokenTable): Ranking {
  return rankingOf(pairs.count === 0 ? [] : models.scoresOfPairs(set, pairs));
}

/** A client without pairs of an objective leaves its reward model as it is. */
function trainOn(
  models: RewardModels,
  start: ParamSet,
  pairs: TokenTable,
  training: RewardTraining,
): { readonly set: ParamSet; readonly loss: Figure } {
  return pairs.count === 0 ? { set: start, loss: null } : models.train(start, pairs, training);
}
