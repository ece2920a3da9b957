import { distilBertRewards } from './distilbert.js';
import { featureRewards } from './features.js';
import { gptRewards } from './gpt2.js';
import type { RewardModels, RewardRequest } from './reward-models.js';

/** The reward models of a task by their kind. Not to be held across tasks. */
export async function rewardModels(request: RewardRequest): Promise<RewardModels> {
  const { reward } = request.model;
  if (!reward) return featureRewards(request);
  return reward.kind === 'gpt2' ? gptRewards(request, reward) : distilBertRewards(request, reward);
}
