import { rewardModels } from './reward-models/index.js';
import { choosePrompts, perObjective, sampleResponses, withPolicy } from './rollout.js';
import type { TaskFunction } from './task.js';

/** A standard deviation below this is no scale to measure by; scores are then only shifted. */
const smallestDeviation = 1e-6;

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
  const { helpful, harmless } = perObjective((objective) => {
    const scale = scaleOfScores(scores[objective]);
    return { ...scale, critic: models.critic(objective, scale) };
  });
  return {
    output: { helpfulCritic: helpful.critic, harmlessCritic: harmless.critic },
    metrics: {
      helpfulMean: helpful.mean,
      helpfulStd: helpful.std,
      harmlessMean: harmless.mean,
      harmlessStd: harmless.std,
    },
  };
};

/** Mean and sample standard deviation; (0, 1) of no scores at all. */
export function scaleOfScores(scores: Float32Array): { mean: number; std: number } {
  if (scores.length === 0) return { mean: 0, std: 1 };
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
  const squares = scores.reduce((sum, score) => sum + (score - mean) ** 2, 0);
  const std = Math.sqrt(squares / Math.max(scores.length - 1, 1));
  return { mean, std: std < smallestDeviation ? 1 : std };
}
