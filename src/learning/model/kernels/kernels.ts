import type * as tf from '@tensorflow/tfjs';

/**
 * Rows of a packed batch and heads within its width; `causal`: a token looks at itself and the ones before
 * it.
 */
export interface AttentionLayout {
  /** (B + 1): row b is tokens [offsets[b], offsets[b + 1]). */
  readonly offsets: Int32Array;
  readonly heads: number;
  readonly causal: boolean;
}

/** GPT-2's GELU ("gelu_new", by a tanh) or BERT's exact one (by the error function). */
export type GeluForm = 'tanh' | 'erf';

/** A module of LoRA: scale · a · b changes columns [column, column + width of b) of a projection. */
export interface LoraModule {
  readonly a: tf.Tensor2D; // (in, r)
  readonly b: tf.Tensor2D; // (r, columns)
  readonly column: number;
  readonly scale: number;
}

/** What a pass forward gives, and what the pass back wants to see of it besides the inputs. */
export interface Forward {
  readonly value: tf.Tensor;
  readonly saved: readonly tf.Tensor[];
}

/**
 * The model's operations beyond TensorFlow.js's own, forward and backward, each backend in its own way. N
 * tokens, C channels, M chosen tokens, V words. All run inside a tidy; none is seen by a tape
 * (src/learning/model/layers.ts does that).
 */
export interface Kernels {
  /** x · w + b, and relu of it where asked for: (N, in) · (in, out) + (out) → (N, out). */
  affine(x: tf.Tensor2D, w: tf.Tensor2D, b: tf.Tensor1D, activation?: 'relu'): tf.Tensor2D;
  /** x · wᵀ of a frozen matrix: (N, out) · (in, out)ᵀ → (N, in). */
  timesTransposed(x: tf.Tensor2D, w: tf.Tensor2D): tf.Tensor2D;
  /** xᵀ · y of two matrices of which one is thin: (N, a), (N, b) → (a, b). */
  transposedTimes(x: tf.Tensor2D, y: tf.Tensor2D): tf.Tensor2D;
  /** Rows of a table by id: (V, C), (M) → (M, C). */
  gatherRows(table: tf.Tensor2D, ids: Int32Array): tf.Tensor2D;
  /** Row m of `rows` (M, C) added to row ids[m] of a zero matrix (height, C). */
  scatterRows(rows: tf.Tensor2D, ids: Int32Array, height: number): tf.Tensor2D;
  /** (N, C) → (C). */
  columnSums(x: tf.Tensor2D): tf.Tensor1D;
  layerNorm(x: tf.Tensor2D, gain: tf.Tensor1D, bias: tf.Tensor1D, epsilon: number): Forward;
  /** Gradients of x and, where it learns, of gain and bias. */
  layerNormGradient(
    dy: tf.Tensor2D,
    x: tf.Tensor2D,
    gain: tf.Tensor1D,
    saved: readonly tf.Tensor[],
    learns: boolean,
  ): tf.Tensor[];
  gelu(x: tf.Tensor2D, form: GeluForm): Forward;
  geluGradient(
    dy: tf.Tensor2D,
    x: tf.Tensor2D,
    saved: readonly tf.Tensor[],
    form: GeluForm,
  ): tf.Tensor2D;
  /** dy where y, which relu gave, is above 0. */
  reluGradient(dy: tf.Tensor2D, y: tf.Tensor2D): tf.Tensor2D;
  /**
   * y + scale · x · a · b in each module's columns, which may be those of others too; the modules stand in the order
   * of their columns. `saved` holds every x · a. The answer may be y's own memory.
   */
  addLora(y: tf.Tensor2D, x: tf.Tensor2D, modules: readonly LoraModule[]): Forward;
  /**
   * Gradients [x, a, b, a, b, …]; that of x is added to `dx`, whose memory the answer may be, and is left out where
   * `dx` is null.
   */
  loraGradient(
    dy: tf.Tensor2D,
    x: tf.Tensor2D,
    dx: tf.Tensor2D | null,
    saved: readonly tf.Tensor[],
    modules: readonly LoraModule[],
  ): tf.Tensor[];
  /** w + scale · a · b in each module's columns, (in, out), as a new matrix. */
  mergeLora(w: tf.Tensor2D, modules: readonly LoraModule[]): tf.Tensor2D;
  /** softmax(Q Kᵀ / sqrt(d)) V in every row and head: (N, 3C) → (N, C). */
  attention(qkv: tf.Tensor2D, layout: AttentionLayout): Forward;
  attentionGradient(
    dy: tf.Tensor2D,
    qkv: tf.Tensor2D,
    saved: readonly tf.Tensor[],
    layout: AttentionLayout,
  ): tf.Tensor2D;
  /** log softmax of each row of scores (M, V) at ids[m]: (M). */
  logSoftmaxAt(scores: tf.Tensor2D, ids: Int32Array): Forward;
  logSoftmaxAtGradient(
    dy: tf.Tensor1D,
    scores: tf.Tensor2D,
    ids: Int32Array,
    saved: readonly tf.Tensor[],
  ): tf.Tensor2D;
}
