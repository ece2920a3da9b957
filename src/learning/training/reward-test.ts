import { perObjective } from '../objective.js';
import { rewardModels } from './reward-models/index.js';
import { rankingOfTable } from './reward.js';
import type { TaskFunction } from './task.js';

/** The reward models as received, on test pairs; changes nothing. */
export const rewardTest: TaskFunction<'rewardTest'> = async (request) => {
  const { params, data } = request;
  const models = await rewardModels(request);
  const metrics = perObjective((objective) =>
    rankingOfTable(models, params.rewardModels[objective], data[objective]),
  );
  return { output: {}, metrics };
};
