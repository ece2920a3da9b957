import * as tf from '@tensorflow/tfjs';
import { fused } from './fused.js';
import type { AttentionLayout, GeluForm } from './kernels/kernels.js';
import { kernels } from './kernels/index.js';

/*
 * The layers of a transformer with hand-written gradients, by the running backend's kernels: automatic
 * differentiation would make a dozen passes over memory of each. test/learning/model/layers.test.ts holds each one to
 * automatic differentiation of the plain formula.
 */

/** x · w + b: (N, in) · (in, out) + (out) → (N, out); w and b get gradients where they learn. */
export function linear(x: tf.Tensor2D, w: tf.Tensor2D, b: tf.Tensor1D, learns: boolean): tf.Tensor2D {
  const forward = () => ({ value: kernels().affine(x, w, b), saved: learns ? [x, w] : [] });
  if (!learns) {
    return fused([x], forward, (dy) => [kernels().timesTransposed(dy as tf.Tensor2D, w)]);
  }
  return fused([x, w, b], forward, (dy, saved) => {
    const [x, w] = saved as [tf.Tensor2D, tf.Tensor2D];
    return [
      tf.matMul(dy, w, false, true),
      tf.matMul(x, dy, true, false),
      kernels().columnSums(dy as tf.Tensor2D),
    ];
  });
}

/** LayerNorm over the last axis: (N, C) → (N, C), gain · (x − mean) / sqrt(variance + epsilon) + bias. */
export function layerNorm(
  x: tf.Tensor2D,
  gain: tf.Tensor1D,
  bias: tf.Tensor1D,
  epsilon: number,
  learns: boolean,
): tf.Tensor2D {
  return fused(
    learns ? [x, gain, bias] : [x],
    () => {
      const { value, saved } = kernels().layerNorm(x, gain, bias, epsilon);
      return { value, saved: [x, ...saved] };
    },
    (dy, [x, ...saved]) =>
      kernels().layerNormGradient(dy as tf.Tensor2D, x as tf.Tensor2D, gain, saved, learns),
  );
}

/** GPT-2's GELU, or BERT's exact one. */
export function gelu(x: tf.Tensor2D, form: GeluForm): tf.Tensor2D {
  return fused(
    [x],
    () => {
      const { value, saved } = kernels().gelu(x, form);
      return { value, saved: [x, ...saved] };
    },
    (dy, [x, ...saved]) => [kernels().geluGradient(dy as tf.Tensor2D, x as tf.Tensor2D, saved, form)],
  );
}

/**
 * softmax(Q Kᵀ / sqrt(d)) V in every row and head of a packed batch: (N, 3C), queries, keys and values side
 * by side, → (N, C).
 */
export function attention(qkv: tf.Tensor2D, layout: AttentionLayout): tf.Tensor2D {
  return fused(
    [qkv],
    () => {
      const { value, saved } = kernels().attention(qkv, layout);
      return { value, saved: [qkv, ...saved] };
    },
    (dy, [qkv, ...saved]) => [
      kernels().attentionGradient(dy as tf.Tensor2D, qkv as tf.Tensor2D, saved, layout),
    ],
  );
}

/**
 * Rows of an embedding table (V, C) by id: (M, C). The gradient for the table is summed in order of the ids.
 */
export function embed(table: tf.Tensor2D, ids: Int32Array, learns: boolean): tf.Tensor2D {
  const gather = () => kernels().gatherRows(table, ids);
  if (!learns) return gather();
  const [height] = table.shape;
  return fused(
    [table],
    () => ({ value: gather(), saved: [] }),
    (dy) => [kernels().scatterRows(dy as tf.Tensor2D, ids, height)],
  );
}

/** Rows `at` of (N, C): (M, C). */
export function selectRows(x: tf.Tensor2D, at: Int32Array): tf.Tensor2D {
  return embed(x, at, true);
}
