import * as tf from '@tensorflow/tfjs';
import { streams } from '../../simulation/random/stream.js';
import type { LoraModule } from './kernels/kernels.js';

/**
 * Dropout of what LoRA modules read, while they train (PEFT's `lora_dropout`): every module loses entries of its own,
 * each with probability `rate`, and what is left counts 1 / (1 - rate) of itself.
 */
export interface Dropout {
  readonly rate: number;
  /** Keys the draws, with the projection, the module and the entry. */
  readonly seed: string;
}

/** Factors of the entries of a module's input, 0 or 1 / (1 - rate), row by row. */
export function dropoutMask(
  { rate, seed }: Dropout,
  site: string,
  module: number,
  entries: number,
): Float32Array {
  const draws = streams(seed, 'dropout', site)(module);
  const kept = 1 / (1 - rate);
  return Float32Array.from({ length: entries }, () => (draws.uniform() < rate ? 0 : kept));
}

/**
 * y + scale · (x ∘ mask) · A · B of every module, in its columns: x (N, in), y (N, out). The modules on `site`, a
 * projection of the base.
 */
export function withDroppedLora(
  y: tf.Tensor2D,
  x: tf.Tensor2D,
  modules: readonly LoraModule[],
  dropout: Dropout,
  site: string,
): tf.Tensor2D {
  const width = y.shape[1];
  return modules.reduce((sum, { a, b, column, scale }, module) => {
    const mask = tf.tensor2d(dropoutMask(dropout, site, module, x.size), x.shape);
    const change = tf.mul(tf.matMul(tf.matMul(tf.mul(x, mask), a), b), scale);
    return tf.add(
      sum,
      tf.pad(change, [
        [0, 0],
        [column, width - column - b.shape[1]],
      ]),
    );
  }, y);
}
