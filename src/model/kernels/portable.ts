import * as tf from '@tensorflow/tfjs';
import type { GeluForm, Kernels, LoraModule } from './kernels.js';

/*
 * By operations that every backend of TensorFlow.js has: most of what the native library runs, and what the
 * hand-written kernels of the other backend are tested against.
 */

const rootTwoOverPi = Math.sqrt(2 / Math.PI);
const cubic = 0.044715;

export const portable: Kernels = {
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

  attention: (qkv, layout) => {
    const rows = paddedRows(layout.offsets);
    const [q, k, v] = heads(padded(qkv, rows), 3, rows, layout.heads) as [tf.Tensor, tf.Tensor, tf.Tensor];
    const scores = tf.mul(tf.matMul(q, k, false, true), 1 / Math.sqrt(q.shape[3]!));
    const shares = tf.softmax(tf.add(scores, maskOf(rows, layout.causal)));
    return { value: unpadded(merged([tf.matMul(shares, v)], rows), rows), saved: [shares] };
  },

  attentionGradient: (dy, qkv, saved, layout) => {
    const shares = saved[0]!;
    const rows = paddedRows(layout.offsets);
    const [q, k, v] = heads(padded(qkv, rows), 3, rows, layout.heads) as [tf.Tensor, tf.Tensor, tf.Tensor];
    const [dO] = heads(tf.mul(padded(dy, rows), realOf(rows)), 1, rows, layout.heads) as [tf.Tensor];
    const dShares = tf.matMul(dO, v, false, true);
    const inner = tf.sum(tf.mul(shares, dShares), 3, true);
    const dScores = tf.mul(tf.mul(shares, tf.sub(dShares, inner)), 1 / Math.sqrt(q.shape[3]!));
    const gradients = [
      tf.matMul(dScores, k),
      tf.matMul(dScores, q, true, false),
      tf.matMul(shares, dO, true, false),
    ];
    return unpadded(merged(gradients, rows), rows);
  },

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

/** A batch of B rows as B rows of equal length T. */
interface PaddedRows {
  readonly lengths: readonly number[];
  readonly longest: number;
  /** (B · T): the packed token that stands in a padded place, 0 where none does. Null: nothing to pad. */
  readonly from: Int32Array | null;
  /** (N): the padded place of a packed token. */
  readonly place: Int32Array;
}

function paddedRows(offsets: Int32Array): PaddedRows {
  const lengths = Array.from(offsets.subarray(1), (end, b) => end - offsets[b]!);
  const longest = Math.max(...lengths);
  const from = new Int32Array(lengths.length * longest);
  const place = new Int32Array(offsets.at(-1)!);
  lengths.forEach((length, b) => {
    for (let t = 0; t < length; t++) {
      from[b * longest + t] = offsets[b]! + t;
      place[offsets[b]! + t] = b * longest + t;
    }
  });
  return { lengths, longest, from: lengths.every((length) => length === longest) ? null : from, place };
}

function padded(x: tf.Tensor2D, { from }: PaddedRows): tf.Tensor2D {
  return from === null ? x : tf.gather(x, tf.tensor1d(from, 'int32'));
}

function unpadded(x: tf.Tensor2D, { from, place }: PaddedRows): tf.Tensor2D {
  return from === null ? x : tf.gather(x, tf.tensor1d(place, 'int32'));
}

/** (B · T, 1): 1 where a token stands; a scalar 1 where nothing is padded. */
function realOf({ lengths, longest, from }: PaddedRows): tf.Tensor {
  if (from === null) return tf.scalar(1);
  const real = new Float32Array(from.length);
  lengths.forEach((length, b) => real.fill(1, b * longest, b * longest + length));
  return tf.tensor2d(real, [real.length, 1]);
}

/** (B · T, parts · C) → parts × (B, H, T, C / H). */
function heads(x: tf.Tensor2D, parts: number, { lengths, longest }: PaddedRows, count: number): tf.Tensor[] {
  const size = x.shape[1] / parts / count;
  const apart = tf.reshape(x, [lengths.length, longest, parts, count, size]);
  return tf.unstack(tf.transpose(apart, [2, 0, 3, 1, 4]));
}

/** parts × (B, H, T, d) → (B · T, parts · H · d). */
function merged(parts: readonly tf.Tensor[], { lengths, longest }: PaddedRows): tf.Tensor2D {
  const together = parts.length === 1 ? tf.expandDims(parts[0]!, 0) : tf.stack([...parts]);
  const [count, , heads, , size] = together.shape as [number, number, number, number, number];
  return tf.reshape(tf.transpose(together, [1, 3, 0, 2, 4]), [
    lengths.length * longest,
    count * heads * size,
  ]);
}

/** A score this low has no share, and is finite. */
const hidden = -1e9;

/** Added to scores (B, H, T, T): (T, T) where causal, since padding comes last; else (B, 1, 1, T). */
function maskOf({ lengths, longest, from }: PaddedRows, causal: boolean): tf.Tensor {
  if (causal) {
    const mask = new Float32Array(longest * longest);
    for (let i = 0; i < longest; i++) mask.fill(hidden, i * longest + i + 1, (i + 1) * longest);
    return tf.tensor2d(mask, [longest, longest]);
  }
  if (from === null) return tf.scalar(0);
  const mask = new Float32Array(lengths.length * longest);
  lengths.forEach((length, b) => mask.fill(hidden, b * longest + length, (b + 1) * longest));
  return tf.tensor4d(mask, [lengths.length, 1, 1, longest]);
}
