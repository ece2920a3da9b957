import { rankingOf } from './reward.js';
import { frozenModel, perObjective } from './rollout.js';
import type { TaskFunction } from './task.js';

/** The reward models as received, on held-out pairs; changes nothing. */
export const rewardTest: TaskFunction<'rewardTest'> = ({ model, params, data }) => {
  const base = frozenModel(model, params.base);
  const { helpful, harmless } = perObjective((objective) =>
    rankingOf(base, params[objective], data[`${objective}Test`]),
  );
  return Promise.resolve({
    output: {},
    metrics: {
      helpfulLoss: helpful.loss,
      harmlessLoss: harmless.loss,
      helpfulAccuracy: helpful.accuracy,
      harmlessAccuracy: harmless.accuracy,
    },
  });
};
