import * as tf from '@tensorflow/tfjs';
import { fused } from './fused.js';
import type { Gpt } from './gpt.js';
import { kernels } from './kernels/index.js';
import { pythonLogProbs, pythonModelOf, pythonScores } from './python/models.js';
import { weight } from './weights.js';

/**
 * Scores that are held at once, 128 MB of them: a vocabulary of 50,257 is scored for 667 tokens at a time. A batch of long
 * rows has several thousand, and a step holds their scores more than once.
 */
export const scoresAtOnce = 2 ** 25;

/**
 * Scores of every token by the tied head: hidden states (M, C) → (M, V). No gradient is taken through this
 * one.
 */
export function logits(model: Gpt, hidden: tf.Tensor2D): tf.Tensor2D {
  const python = pythonModelOf(model);
  if (python) return pythonScores(python, hidden);
  const wte = weight<tf.Rank.R2>(model.base, 'wte.weight');
  if (model.trainsBase === true) return tf.matMul(hidden, wte, false, true);
  return kernels().timesTransposed(hidden, wte);
}

/** Log-probability of token ids[m] by scores (M, V) that are there already: (M). No gradient is taken through it. */
export function logProbsOfScores(scores: tf.Tensor2D, ids: Int32Array): tf.Tensor1D {
  return kernels().logSoftmaxAt(scores, ids).value as tf.Tensor1D;
}

/** Consecutive rows of hidden states (M, C), and where they begin. */
export interface Piece {
  readonly hidden: tf.Tensor2D;
  readonly from: number;
  readonly to: number;
}

/**
 * Hands hidden states (M, C) to `read` in pieces whose scores are at most `most` numbers, and frees what it makes of
 * each before the next.
 */
export function inPieces(
  model: Gpt,
  hidden: tf.Tensor2D,
  read: (piece: Piece) => void,
  most = scoresAtOnce,
): void {
  const [rows] = hidden.shape;
  const step = Math.max(1, Math.floor(most / model.shape.config.vocab_size));
  if (rows <= step) return read({ hidden, from: 0, to: rows });
  for (let from = 0; from < rows; from += step) {
    const to = Math.min(rows, from + step);
    tf.tidy(() => read({ hidden: tf.slice(hidden, [from, 0], [to - from, -1]), from, to }));
  }
}

/**
 * Log-probability of token ids[m] after hidden state m: (M, C), (M) → (M), by the tied head's softmax over V
 * tokens. Differentiable with respect to the hidden states, and to wte.weight where the base trains.
 */
export function tokenLogProbs(
  model: Gpt,
  hidden: tf.Tensor2D,
  ids: Int32Array,
  most = scoresAtOnce,
): tf.Tensor1D {
  const python = pythonModelOf(model);
  if (python) return pythonLogProbs(python, hidden, ids);
  const scores = ids.length * model.shape.config.vocab_size;
  return scores <= most || model.trainsBase === true
    ? logProbsAtOnce(model, hidden, ids)
    : logProbsInPieces(model, hidden, ids, most);
}

function logProbsAtOnce(model: Gpt, hidden: tf.Tensor2D, ids: Int32Array): tf.Tensor1D {
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

/**
 * The same with no more scores at once: each piece's gradient is computed with its scores, which are forgotten. A
 * log-probability's gradient is that of its own row, so that the rest is a product with dy.
 */
function logProbsInPieces(model: Gpt, hidden: tf.Tensor2D, ids: Int32Array, most: number): tf.Tensor1D {
  const wte = weight<tf.Rank.R2>(model.base, 'wte.weight');
  return fused(
    [hidden],
    () => {
      const [values, gradients]: [tf.Tensor1D[], tf.Tensor2D[]] = [[], []];
      const read = ({ hidden, from, to }: Piece) => {
        const own = ids.slice(from, to);
        const scores = logits(model, hidden);
        const { value, saved } = kernels().logSoftmaxAt(scores, own);
        const change = kernels().logSoftmaxAtGradient(tf.ones([to - from]), scores, own, saved);
        values.push(tf.keep(value as tf.Tensor1D));
        gradients.push(tf.keep(tf.matMul(change, wte)));
      };
      inPieces(model, hidden, read, most);
      const [value, gradient] = [tf.concat(values), tf.concat(gradients)];
      tf.dispose([values, gradients]);
      return { value, saved: [gradient] };
    },
    (dy, [gradient]) => [tf.mul(gradient as tf.Tensor2D, tf.reshape(dy, [-1, 1]))],
  );
}
