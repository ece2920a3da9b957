import type { RewardShape } from './model-shape.js';
import type { ModelConfig } from './config.js';
import type { DistilBertConfig } from './distilbert-config.js';

/*
 * Operations of pre-trained networks as reward models, counted as in src/learning/model/flops.ts: two per
 * weight and token. That most of the last layer runs on only one token per row is ignored.
 */

/** Operations of one pass over `tokens` tokens; the head, once per row, is negligible. */
export function rewardForwardFlops(reward: RewardShape, tokens: number): number {
  return 2 * tokens * (reward.kind === 'gpt2' ? gptWeights(reward.config) : distilBertWeights(reward.config));
}

/** Operations of training all tensors on `tokens` tokens: forward, and backward to inputs and weights. */
export function rewardTrainingFlops(reward: RewardShape, tokens: number): number {
  return 3 * rewardForwardFlops(reward, tokens);
}

function distilBertWeights({ dim, hidden_dim: hidden, n_layers: layers }: DistilBertConfig): number {
  return layers * (4 * dim * dim + 2 * dim * hidden);
}

/** Without the language model's head, which no reward model has. */
function gptWeights({ n_embd: width, n_layer: blocks }: ModelConfig): number {
  return 12 * width * width * blocks;
}
