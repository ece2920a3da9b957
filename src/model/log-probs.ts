import * as tf from '@tensorflow/tfjs';
import { valuesOf } from './backend.js';
import type { Gpt } from './gpt.js';
import { weight } from './weights.js';

/**
 * Scores of every token by the tied head: hidden states (M, C) → (M, V). No gradient is taken through this
 * one.
 */
export function logits(model: Gpt, hidden: tf.Tensor2D): tf.Tensor2D {
  return tf.matMul(hidden, weight<tf.Rank.R2>(model.base, 'wte.weight'), false, true);
}

/**
 * Log-probability of token ids[m] after hidden state m: (M, C), (M) → (M), by the tied head's softmax over V
 * tokens. Differentiable with respect to the hidden states, and to wte.weight where the base trains.
 */
export function tokenLogProbs(model: Gpt, hidden: tf.Tensor2D, ids: Int32Array): tf.Tensor1D {
  const wte = weight<tf.Rank.R2>(model.base, 'wte.weight');
  const trains = model.trainsBase === true;
  const inputs = trains ? [hidden, wte] : [hidden];
  return tf.customGrad((...args) => {
    const save = args.at(-1) as unknown as tf.GradSaveFunc;
    const { logProbs, probabilities } = logSoftmaxAt(valuesOf(logits(model, hidden)), ids);
    save([hidden]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const change = towardsLogits(valuesOf(dy), probabilities, ids);
      const dLogits = tf.tensor2d(change, [ids.length, wte.shape[0]]);
      const dHidden = tf.matMul(dLogits, wte);
      return trains ? [dHidden, tf.matMul(dLogits, saved[0]!, true, false)] : dHidden;
    };
    return { value: tf.tensor1d(logProbs), gradFunc };
  })(...inputs);
}

/** Log-softmax of each row of (M, V) at ids[m], and the softmax itself. */
export function logSoftmaxAt(
  scores: Float32Array,
  ids: Int32Array,
): { logProbs: Float32Array; probabilities: Float32Array } {
  const vocabulary = scores.length / ids.length;
  const logProbs = new Float32Array(ids.length);
  const probabilities = new Float32Array(scores.length);
  for (let m = 0; m < ids.length; m++) {
    const start = m * vocabulary;
    let highest = -Infinity;
    for (let v = start; v < start + vocabulary; v++) if (scores[v]! > highest) highest = scores[v]!;
    let total = 0;
    for (let v = start; v < start + vocabulary; v++) {
      const share = Math.exp(scores[v]! - highest);
      probabilities[v] = share;
      total += share;
    }
    const inverse = 1 / total;
    for (let v = start; v < start + vocabulary; v++) probabilities[v]! *= inverse;
    logProbs[m] = scores[start + ids[m]!]! - highest - Math.log(total);
  }
  return { logProbs, probabilities };
}

/** d(logProb_m)/d(logits) = onehot − probabilities, times dy_m; written over the probabilities. */
function towardsLogits(dy: Float32Array, probabilities: Float32Array, ids: Int32Array): Float32Array {
  const vocabulary = probabilities.length / ids.length;
  const change = new Float32Array(probabilities.length);
  for (let m = 0; m < ids.length; m++) {
    const start = m * vocabulary;
    const upstream = dy[m]!;
    for (let v = start; v < start + vocabulary; v++) change[v] = -upstream * probabilities[v]!;
    change[start + ids[m]!]! += upstream;
  }
  return change;
}
