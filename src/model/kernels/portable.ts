import * as tf from '@tensorflow/tfjs';
import type { GeluForm, Kernels, LoraModule } from './kernels.js';

/*
 * By operations that every backend of TensorFlow.js has: most of what the native library runs, and what the
 * hand-written kernels of the other backend are tested against.
 */

const rootTwoOverPi = Math.sqrt(2 / Math.PI);
const cubic = 0.044715;

export const portable: Omit<Kernels, 'attention' | 'attentionGradient'> = {
  affine: (x, w, b, activation) => {
    const y: tf.Tensor2D = tf.add(tf.matMul(x, w), b);
    return activation === 'relu' ? tf.relu(y) : y;
  },

  timesTransposed: (x, w) => tf.matMul(x, w, false, true),

  transposedTimes: (x, y) => tf.matMul(x, y, true, false),

  gatherRows: (table, ids) => tf.gather(table, tf.tensor1d(ids, 'int32')),

  scatterRows: (rows, ids, height) =>
    tf.scatterND(tf.tensor2d(ids, [ids.length, 1], 'int32'), rows, [height, rows.shape[1]]),

  columnSums: (x) => tf.sum(x, 0),

  layerNorm: (x, gain, bias, epsilon) => {
    const centred: tf.Tensor2D = tf.sub(x, tf.mean(x, 1, true));
    const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(centred), 1, true), epsilon));
    const normal = tf.mul(centred, inverse);
    return { value: tf.add(tf.mul(normal, gain), bias), saved: [normal, inverse] };
  },

  layerNormGradient: (dy, _x, gain, saved, learns) => {
    const [normal, inverse] = saved as [tf.Tensor2D, tf.Tensor2D];
    const g = tf.mul(dy, gain);
    const along = tf.mul(normal, tf.mean(tf.mul(g, normal), 1, true));
    const dx: tf.Tensor2D = tf.mul(tf.sub(tf.sub(g, tf.mean(g, 1, true)), along), inverse);
    return learns ? [dx, tf.sum(tf.mul(dy, normal), 0), tf.sum(dy, 0)] : [dx];
  },

  gelu: (x, form) => {
    const gate = gateOf(x, form);
    const value = tf.mul(x, gate);
    return { value, saved: [gate, value] };
  },

  geluGradient: (dy, x, saved, form) => {
    const [gate, value] = saved as [tf.Tensor2D, tf.Tensor2D];
    const square = tf.square(x);
    const bend =
      form === 'erf'
        ? tf.mul(tf.mul(tf.exp(tf.mul(square, -0.5)), x), 1 / Math.sqrt(2 * Math.PI))
        : tf.mul(
            tf.mul(value, tf.sub(1, gate)),
            tf.add(tf.mul(square, 6 * rootTwoOverPi * cubic), 2 * rootTwoOverPi),
          );
    return tf.mul(dy, tf.add(gate, bend));
  },

  reluGradient: (dy, y) => tf.mul(dy, tf.step(y)),

  addLora: (y, x, modules, scale) => {
    const low: tf.Tensor2D = tf.matMul(x, joined(modules.map(({ a }) => a)));
    return { value: tf.add(y, tf.mul(changeOf(low, modules, y.shape), scale)), saved: [low] };
  },

  loraGradient: (dy, x, dx, saved, modules, scale) => {
    const lows = split(saved[0] as tf.Tensor2D, modules);
    const changes = modules.map(({ b, column }) =>
      tf.mul(tf.slice(dy, [0, column], [dy.shape[0], b.shape[1]]), scale),
    );
    const dLow = joined(modules.map(({ b }, i) => tf.matMul<tf.Tensor2D>(changes[i]!, b, false, true)));
    const dAs = split(tf.matMul(x, dLow, true, false), modules);
    return [
      tf.add(dx, tf.matMul(dLow, joined(modules.map(({ a }) => a)), false, true)),
      ...modules.flatMap((_, i) => [dAs[i]!, tf.matMul(lows[i]!, changes[i]!, true, false)]),
    ];
  },

  mergeLora: (w, modules, scale) =>
    tf.add(w, tf.mul(changeOf(joined(modules.map(({ a }) => a)), modules, w.shape), scale)),

  logSoftmaxAt: (scores, ids) => {
    const all = tf.logSoftmax(scores);
    return { value: tf.sum(tf.mul(all, oneHot(ids, scores.shape[1])), 1), saved: [all] };
  },

  logSoftmaxAtGradient: (dy, _scores, ids, saved) => {
    const change = tf.sub(oneHot(ids, saved[0]!.shape[1]!), tf.exp(saved[0]!));
    return tf.mul(change, tf.reshape(dy, [-1, 1]));
  },
};

function oneHot(ids: Int32Array, width: number): tf.Tensor2D {
  return tf.oneHot(tf.tensor1d(ids, 'int32'), width) as tf.Tensor2D;
}

/** GELU's share of x: Φ(x), or sigmoid(2u) with u = sqrt(2/π) (x + 0.044715 x³). */
function gateOf(x: tf.Tensor2D, form: GeluForm): tf.Tensor2D {
  if (form === 'erf') return tf.mul(tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1), 0.5);
  const slope = tf.add(tf.mul(tf.square(x), 2 * rootTwoOverPi * cubic), 2 * rootTwoOverPi);
  return tf.sigmoid(tf.mul(x, slope));
}

function joined(matrices: readonly tf.Tensor2D[]): tf.Tensor2D {
  return matrices.length === 1 ? matrices[0]! : tf.concat([...matrices], 1);
}

/** Columns of a matrix by the ranks of the modules. */
function split(matrix: tf.Tensor2D, modules: readonly LoraModule[]): tf.Tensor2D[] {
  if (modules.length === 1) return [matrix];
  return tf.split(
    matrix,
    modules.map(({ a }) => a.shape[1]),
    1,
  );
}

/** (N, out): each module's x · a · b in its columns, zero elsewhere. */
function changeOf(
  low: tf.Tensor2D,
  modules: readonly LoraModule[],
  [height, width]: [number, number],
): tf.Tensor2D {
  const lows = split(low, modules);
  const parts: tf.Tensor2D[] = [];
  let column = 0;
  const fill = (to: number) => {
    if (to > column) parts.push(tf.zeros([height, to - column]));
  };
  modules.forEach(({ b, column: own }, i) => {
    fill(own);
    parts.push(tf.matMul(lows[i]!, b));
    column = own + b.shape[1];
  });
  fill(width);
  return joined(parts);
}
