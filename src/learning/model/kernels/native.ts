import * as tf from '@tensorflow/tfjs';
import { transposeOf } from '../transposes.js';
import { attentionOn } from './attention.js';
import { threadHeap } from './heap.js';
import type { Kernels, LoraModule } from './kernels.js';
import {
  add,
  biasAdd,
  columnSums,
  mul,
  operation,
  product,
  relu,
  reluGrad,
  rowMeans,
  rsqrt,
  sigmoid,
  sigmoidGrad,
  square,
  sub,
} from './tensorflow.js';


/*
 * The native library: attention by the compiled kernel in a memory of its own, everything else by TensorFlow's operations,
 * its fused softmax and cross-entropy in place of a dozen passes over (M, V).
 */

let started: Kernels | undefined;

/** The kernels of the native library. */
export function native(): Kernels {
  return (started ??= { ...composed, ...attentionOn(threadHeap()) });
}

const rootTwoOverPi = Math.sqrt(2 / Math.PI);
const cubic = 0.044715;

const composed = {
  affine: (x, w, b, activation) => {
    const y = biasAdd(product(x, w), b);
    return activation === 'relu' ? relu(y) : y;
  },

  /** A plain product: with Eigen one with a large transposed matrix takes two to three times as long. */
  timesTransposed: (x, w) => product(x, transposeOf(w)),

  transposedTimes: (x, y) => product(x, y, true),

  gatherRows: (table, ids) => tf.gather(table, tf.tensor1d(ids, 'int32')),

  scatterRows: (rows, ids, height) =>
    tf.scatterND(tf.tensor2d(ids, [ids.length, 1], 'int32'), rows, [height, rows.shape[1]]),

  columnSums,

  layerNorm: (x, gain, bias, epsilon) => {
    const centred = sub(x, rowMeans(x));
    const inverse = rsqrt(add(rowMeans(square(centred)), epsilon));
    const normal = mul(centred, inverse);
    return { value: biasAdd(mul(normal, gain), bias), saved: [normal, inverse] };
  },

  layerNormGradient: (dy, _x, gain, saved, learns) => {
    const [normal, inverse] = saved as [tf.Tensor2D, tf.Tensor2D];
    const g = mul(dy, gain);
    const along = mul(normal, rowMeans(mul(g, normal)));
    const dx = mul(sub(sub(g, rowMeans(g)), along), inverse);
    return learns ? [dx, columnSums(mul(dy, normal)), columnSums(dy)] : [dx];
  },

  /** x times its share: Φ(x), or sigmoid(x · slope), with slope = 2 sqrt(2/π) (1 + 0.044715 x²). */
  gelu: (x, form) => {
    if (form === 'erf') {
      const gate: tf.Tensor2D = tf.mul(tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1), 0.5);
      return { value: mul(x, gate), saved: [gate] };
    }
    const slope = add(mul(square(x), 2 * rootTwoOverPi * cubic), 2 * rootTwoOverPi);
    const gate = sigmoid(mul(x, slope));
    return { value: mul(x, gate), saved: [gate, slope] };
  },

  geluGradient: (dy, x, saved, form) => {
    const [gate, slope] = saved as [tf.Tensor2D, tf.Tensor2D];
    if (form === 'erf') {
      const density = tf.mul(tf.exp(tf.mul(tf.square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
      return mul(dy, add(gate, mul(density, x)));
    }
    // The derivative of x · slope is 3 · slope − 4 sqrt(2/π).
    const bend = mul(x, sub(mul(slope, 3), 4 * rootTwoOverPi));
    return add(mul(dy, gate), mul(sigmoidGrad(gate, dy), bend));
  },

  reluGradient: reluGrad,

  addLora: (y, x, modules) => {
    const low = product(x, joinedScaled(modules));
    return { value: add(y, changeOf(low, modules, y.shape)), saved: [low] };
  },

  loraGradient: (dy, x, dx, saved, modules) => {
    const lows = split(saved[0] as tf.Tensor2D, modules);
    const changes = modules.map(({ b, column }) => tf.slice(dy, [0, column], [dy.shape[0], b.shape[1]]));
    const dLow = joined(modules.map(({ b }, i) => product(changes[i]!, b, false, true)));
    const dAs = split(product(x, dLow, true), modules);
    return [
      ...(dx === null ? [] : [add(dx, product(dLow, joinedScaled(modules), false, true))]),
      ...modules.flatMap(({ scale }, i) => [tf.mul(dAs[i]!, scale), product(lows[i]!, changes[i]!, true)]),
    ];
  },

  mergeLora: (w, modules) => add(w, changeOf(joinedScaled(modules), modules, w.shape)),

  logSoftmaxAt: (scores, ids) => {
    const [loss, change] = operation(
      'SparseSoftmaxCrossEntropyWithLogits',
      [scores, tf.tensor1d(ids, 'int32')],
      { types: { T: 'float32', Tlabels: 'int32' }, outputs: 2 },
    );
    return { value: tf.neg(loss!), saved: [change!] };
  },

  /** TensorFlow gives softmax − onehot along with the loss. */
  logSoftmaxAtGradient: (dy, _scores, _ids, saved) => mul(saved[0]!, tf.neg(tf.reshape(dy, [-1, 1]))),
} satisfies Partial<Kernels>;

/** Every module's scale · a, side by side: scaling it costs less than scaling what it gives. */
function joinedScaled(modules: readonly LoraModule[]): tf.Tensor2D {
  return joined(modules.map(({ a, scale }) => tf.mul(a, scale)));
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

/** (N, out): the sum of the modules' low · b in their columns, zero elsewhere. */
function changeOf(
  low: tf.Tensor2D,
  modules: readonly LoraModule[],
  [height, width]: [number, number],
): tf.Tensor2D {
  const lows = split(low, modules);
  const parts: tf.Tensor2D[] = [];
  let end = 0;
  const fill = (to: number) => {
    if (to > end) parts.push(tf.zeros([height, to - end]));
  };
  modules.forEach(({ b, column }, i) => {
    const change = product(lows[i]!, b);
    if (modules[i - 1]?.column === column) {
      parts.push(add(parts.pop()!, change));
      return;
    }
    fill(column);
    parts.push(change);
    end = column + b.shape[1];
  });
  fill(width);
  return joined(parts);
}
