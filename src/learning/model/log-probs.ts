import * as tf from '@tensorflow/tfjs';
import { fused } from './fused.js';
import type { Gpt } from './gpt.js';
import { kernels } from './kernels/index.js';
import { weight } from './weights.js';

/**
 * Scores of every token by the tied head: hidden states (M, C) → (M, V). No gradient is taken through this
 * one.
 */
export function logits(model: Gpt, hidden: tf.Tensor2D): tf.Tensor2D {
  const wte = weight<tf.Rank.R2>(model.base, 'wte.weight');
  if (model.trainsBase === true) return tf.matMul(hidden, wte, false, true);
  return kernels().timesTransposed(hidden, wte);
}

/** Log-probability of token ids[m] by scores (M, V) that are there already: (M). No gradient is taken through it. */
export function logProbsOfScores(scores: tf.Tensor2D, ids: Int32Array): tf.Tensor1D {
  return kernels().logSoftmaxAt(scores, ids).value as tf.Tensor1D;
}

/**
 * Log-probability of token ids[m] after hidden state m: (M, C), (M) → (M), by the tied head's softmax over V
 * tokens. Differentiable with respect to the hidden states, and to wte.weight where the base trains.
 */
export function tokenLogProbs(model: Gpt, hidden: tf.Tensor2D, ids: Int32Array): tf.Tensor1D {
  const wte = weight<tf.Rank.R2>(model.base, 'wte.weight');
  const trains = model.trainsBase === true;
  return fused(
    trains ? [hidden, wte] : [hidden],
    () => {
      const scores = logits(model, hidden);
      const { value, saved } = kernels().logSoftmaxAt(scores, ids);
      return { value, saved: [hidden, scores, ...saved] };
    },
    (dy, saved) => {
      const [hidden, scores, ...rest] = saved as [tf.Tensor2D, tf.Tensor2D, ...tf.Tensor[]];
      const change = kernels().logSoftmaxAtGradient(dy as tf.Tensor1D, scores, ids, rest);
      const dHidden = tf.matMul(change, wte);
      return trains ? [dHidden, tf.matMul(change, hidden, true, false)] : [dHidden];
    },
  );
}
