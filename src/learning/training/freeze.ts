import { perObjective } from '../objective.js';
import { rewardModels } from './reward-models/index.js';
import { scaleOfScores } from './reward-scale.js';
import { choosePrompts, sampleResponses, withPolicy } from './rollout.js';
import type { TaskFunction } from './task.js';

/**
 * Step 3.1: from here on the reward models are frozen. Their scores of responses that the client's own policy
 * gives now, before any alignment, set the scale of the rewards; the critics start as the reward models on
 * that scale, or as new networks where a reward model cannot be a critic (`RewardModels.critic`).
 */
export const freeze: TaskFunction<'freeze'> = async (request) => {
  const { model, params, data, hyper, seed } = request;
  const models = await rewardModels(request);
  const prompts = choosePrompts(seed, hyper.prompts, hyper.sensitiveShare, data);
  const rollouts = withPolicy(model, params.base, params, (policy) =>
    sampleResponses(policy, prompts, hyper, seed),
  );
  const scores = models.scoresOfAnswers(rollouts);
  const scale = perObjective((objective) => scaleOfScores(scores[objective]));
  return {
    output: { critics: perObjective((objective) => models.critic(objective, scale[objective])), scale },
    metrics: scale,
  };
};
