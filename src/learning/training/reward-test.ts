import { rewardModels } from './reward-models/index.js';
import { rankingMetrics, rankingOfTable } from './reward.js';
import { perObjective } from './rollout.js';
import type { TaskFunction } from './task.js';

/** The reward models as received, on held-out pairs; changes nothing. */
export const rewardTest: TaskFunction<'rewardTest'> = async (request) => {
  const models = await rewardModels(request);
  const { helpful, harmless } = perObjective((objective) =>
    rankingOfTable(models, request.params[objective], request.data[`${objective}Test`]),
  );
  return {
    output: {},
    metrics: {
      helpfulLoss: helpful.loss,
      harmlessLoss: harmless.loss,
      ...rankingMetrics(helpful, harmless),
    },
  };
};
