import * as tf from '@tensorflow/tfjs';
import { transposeOf } from '../transposes.js';
import { attentionOn } from './attention.js';
import { threadHeap } from './heap.js';
import type { GeluForm, Kernels, LoraModule } from './kernels.js';


/*
 * The native library: attention by the compiled kernel in a memory of its own, TensorFlow's fused softmax and
 * cross-entropy in place of a dozen passes over (M, V), everything else by TensorFlow.js's operations.
 */

/** What this file uses of the class behind `tf.backend()` of @tensorflow/tfjs-node. */
interface NativeBackend {
  readonly binding: { readonly TF_ATTR_TYPE: number; readonly TF_FLOAT: number; readonly TF_INT32: number };
  executeMultipleOutputs(
    operation: string,
    attributes: readonly { readonly name: string; readonly type: number; readonly value: number }[],
    inputs: readonly tf.TensorInfo[],
    outputs: number,
  ): tf.Tensor[];
}

let started: Kernels | undefined;

/** The kernels of the native library. */
export function native(): Kernels {
  return (started ??= { ...composed, ...attentionOn(threadHeap()), ...fused });
}

const fused = {
  /** A plain product: with Eigen one with a large transposed matrix takes two to three times as long. */
  timesTransposed: (x, w) => tf.matMul(x, transposeOf(w)),

  logSoftmaxAt: (scores, ids) => {
    const backend = tf.backend() as unknown as NativeBackend;
    const { TF_ATTR_TYPE: type, TF_FLOAT, TF_INT32 } = backend.binding;
    const attributes = [
      { name: 'T', type, value: TF_FLOAT },
      { name: 'Tlabels', type, value: TF_INT32 },
    ];
    const inputs = [scores, tf.tensor1d(ids, 'int32')];
    const operation = 'SparseSoftmaxCrossEntropyWithLogits';
    const [loss, change] = backend.executeMultipleOutputs(operation, attributes, inputs, 2);
    return { value: tf.neg(loss!), saved: [change!] };
  },

  /** TensorFlow gives softmax − onehot along with the loss. */
  logSoftmaxAtGradient: (dy, _scores, _ids, saved) =>
    tf.mul(saved[0] as tf.Tensor2D, tf.neg(tf.reshape(dy, [-1, 1]))),
} satisfies Partial<Kernels>;

const rootTwoOverPi = Math.sqrt(2 / Math.PI);
const cubic = 0.044715;

/** By TensorFlow.js's own operations. */
const composed = {
  affine: (x, w, b, activation) => {
    const y: tf.Tensor2D = tf.add(tf.matMul(x, w), b);
    return activation === 'relu' ? tf.relu(y) : y;
  },

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

  addLora: (y, x, modules) => {
    const low: tf.Tensor2D = tf.matMul(x, joined(modules.map(({ a }) => a)));
    return { value: tf.add(y, changeOf(low, modules, y.shape)), saved: [low] };
  },

  loraGradient: (dy, x, dx, saved, modules) => {
    const lows = split(saved[0] as tf.Tensor2D, modules);
    const changes = modules.map(({ b, column, scale }) =>
      tf.mul(tf.slice(dy, [0, column], [dy.shape[0], b.shape[1]]), scale),
    );
    const dLow = joined(modules.map(({ b }, i) => tf.matMul<tf.Tensor2D>(changes[i]!, b, false, true)));
    const dAs = split(tf.matMul(x, dLow, true, false), modules);
    return [
      ...(dx === null
        ? []
        : [tf.add<tf.Tensor>(dx, tf.matMul(dLow, joined(modules.map(({ a }) => a)), false, true))]),
      ...modules.flatMap((_, i) => [dAs[i]!, tf.matMul(lows[i]!, changes[i]!, true, false)]),
    ];
  },

  mergeLora: (w, modules) =>
    tf.add(w, changeOf(joined(modules.map(({ a }) => a)), modules, w.shape)),
} satisfies Partial<Kernels>;

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

/** (N, out): the sum of the modules' scale · x · a · b in their columns, zero elsewhere. */
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
  modules.forEach(({ b, column, scale }, i) => {
    const change = tf.mul<tf.Tensor2D>(tf.matMul(lows[i]!, b), scale);
    if (modules[i - 1]?.column === column) {
      parts.push(tf.add(parts.pop()!, change));
      return;
    }
    fill(column);
    parts.push(change);
    end = column + b.shape[1];
  });
  fill(width);
  return joined(parts);
}
