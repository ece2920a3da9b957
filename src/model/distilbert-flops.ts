import type { DistilBertConfig } from './distilbert-config.js';

/*
 * As src/model/flops.ts counts: two operations a weight and token. That most of the last layer is for [CLS]
 * alone is left out.
 */

function matrixWeights({ dim, hidden_dim: hidden, n_layers: layers }: DistilBertConfig): number {
  return layers * (4 * dim * dim + 2 * dim * hidden);
}

/** Operations of one pass over `tokens` tokens; the head, once a row, does not count beside them. */
export function distilBertForwardFlops(config: DistilBertConfig, tokens: number): number {
  return 2 * tokens * matrixWeights(config);
}

/** Operations of training all tensors on `tokens` tokens: forward, and backward to inputs and weights. */
export function distilBertTrainingFlops(config: DistilBertConfig, tokens: number): number {
  return 3 * distilBertForwardFlops(config, tokens);
}
