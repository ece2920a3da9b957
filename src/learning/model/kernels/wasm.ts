import * as tf from '@tensorflow/tfjs';
import { transposeOf } from '../transposes.js';
import { attentionOn } from './attention.js';
import type { Kernels, LoraModule } from './kernels.js';
import { backendHeap, borrowIntegers, type BackendHeap } from './heap.js';
import { flipped, plain, type Matrix } from './matrix.js';
import { fewestRows, packedProduct } from './packed-product.js';

/*
 * The compiled kernels of kernels/*.ts on the memory of the WebAssembly backend itself: they read and write
 * its tensors in place.
 */

let started: Kernels | undefined;

/** The kernels of the running WebAssembly backend. */
export function wasm(): Kernels {
  return (started ??= on(backendHeap()));
}

function on(heap: BackendHeap): Kernels {
  return { ...elementwise(heap), ...rowwise(heap), ...attentionOn(heap), ...thin(heap) };
}

function elementwise(heap: BackendHeap) {
  const { compiled } = heap;
  return {
    affine: affineOf(heap),
    gelu: (x, form) => {
      const [value, gate] = [heap.tensor(...x.shape), heap.tensor(...x.shape)];
      const run = form === 'erf' ? 'exactGelu' : 'gelu';
      compiled[run](heap.at(x), heap.at(value), heap.at(gate), x.size);
      return { value, saved: [gate] };
    },
    geluGradient: (dy, x, saved, form) => {
      const dx = heap.tensor<tf.Rank.R2>(...x.shape);
      const run = form === 'erf' ? 'exactGeluGradient' : 'geluGradient';
      compiled[run](heap.at(dy), heap.at(x), heap.at(saved[0]!), heap.at(dx), x.size);
      return dx;
    },
    reluGradient: (dy, y) => {
      const dx = heap.tensor<tf.Rank.R2>(...y.shape);
      compiled.reluGradient(heap.at(dy), heap.at(y), heap.at(dx), y.size);
      return dx;
    },
  } satisfies Partial<Kernels>;
}

/**
 * An activation is left to `tf.fused.matMul`: where a tape records it adds the bias after the product, which rounds otherwise.
 */
function affineOf(heap: BackendHeap): Kernels['affine'] {
  const few = affineOfFewRows(heap.backend);
  return (x, w, b, activation) => {
    if (activation) return tf.fused.matMul({ a: x, b: w, bias: b, activation }) as tf.Tensor2D;
    const [rows, inner] = x.shape;
    if (rows < fewestRows) return few(x, w, b);
    const columns = w.shape[1];
    const y = heap.tensor<tf.Rank.R2>(rows, columns);
    const [left, right] = [plain(heap.at(x), inner), plain(heap.at(w), columns)];
    packedProduct(heap, [rows, columns, inner], left, right, heap.at(b), heap.at(y));
    return y;
  };
}

/**
 * XNNPACK's product, without the checks, reshapes and the tape of `tf.fused.matMul`, which take longer than a small one.
 */
function affineOfFewRows(
  backend: BackendHeap['backend'],
): (x: tf.Tensor2D, w: tf.Tensor2D, b: tf.Tensor1D) => tf.Tensor2D {
  const { kernelFunc } = tf.getKernel('_FusedMatMul', 'wasm');
  const single = ({ dataId, dtype, shape }: tf.Tensor2D) => ({ dataId, dtype, shape: [1, ...shape] });
  const attrs = { transposeA: false, transposeB: false, activation: 'linear' };
  return (x, w, b) => {
    const inputs = { a: single(x), b: single(w), bias: b };
    const { dataId, dtype } = kernelFunc({ inputs, backend, attrs }) as tf.TensorInfo;
    const shape = [x.shape[0], w.shape[1]];
    return tf.engine().makeTensorFromTensorInfo({ dataId, dtype, shape }) as tf.Tensor2D;
  };
}

function rowwise(heap: BackendHeap) {
  const { compiled } = heap;
  return {
    // The transpose is kept where it is read once per token, and each time anew would take longer than the product.
    timesTransposed: (x, w) =>
      x.shape[0] < fewestRows ? tf.matMul(x, transposeOf(w)) : tf.matMul(x, w, false, true),
    gatherRows: (table, ids) => {
      const rows = heap.tensor<tf.Rank.R2>(ids.length, table.shape[1]);
      borrowIntegers(heap, ids, (at) =>
        compiled.gatherRows(heap.at(table), at, heap.at(rows), ids.length, table.shape[1]),
      );
      return rows;
    },
    scatterRows: (rows, ids, height) => {
      const table = heap.zeros<tf.Rank.R2>(height, rows.shape[1]);
      borrowIntegers(heap, ids, (at) =>
        compiled.addToRows(heap.at(rows), at, heap.at(table), ids.length, rows.shape[1]),
      );
      return table;
    },
    columnSums: (x) => {
      const sums = heap.tensor<tf.Rank.R1>(x.shape[1]);
      compiled.columnSums(heap.at(x), heap.at(sums), ...x.shape);
      return sums;
    },
    layerNorm: (x, gain, bias, epsilon) => {
      const [rows, width] = x.shape;
      const [value, mean, inverse] = [heap.tensor(rows, width), heap.tensor(rows), heap.tensor(rows)];
      const arrays = [x, gain, bias, value, mean, inverse].map((tensor) => heap.at(tensor));
      compiled.layerNorm(...arrays, rows, width, epsilon);
      return { value, saved: [mean, inverse] };
    },
    layerNormGradient: (dy, x, gain, saved, learns) => {
      const [rows, width] = x.shape;
      const gradients = [heap.tensor(rows, width), ...(learns ? [heap.zeros(width), heap.zeros(width)] : [])];
      const inputs = [dy, x, gain, ...saved].map((tensor) => heap.at(tensor));
      const outputs = [0, 1, 2].map((i) => (gradients[i] ? heap.at(gradients[i]) : 0));
      compiled.layerNormGradient(...inputs, ...outputs, rows, width, Number(learns));
      return gradients;
    },
    logSoftmaxAt: (scores, ids) => {
      const [rows, width] = scores.shape;
      const [value, normalizers] = [heap.tensor(rows), heap.tensor(rows)];
      borrowIntegers(heap, ids, (at) =>
        compiled.logSoftmaxAt(heap.at(scores), at, heap.at(value), heap.at(normalizers), rows, width),
      );
      return { value, saved: [normalizers] };
    },
    logSoftmaxAtGradient: (dy, scores, ids, saved) => {
      const [rows, width] = scores.shape;
      const change = heap.tensor<tf.Rank.R2>(rows, width);
      const [from, all, normalizers, to] = [dy, scores, saved[0]!, change].map((tensor) => heap.at(tensor));
      borrowIntegers(heap, ids, (at) =>
        compiled.logSoftmaxAtGradient(from!, all!, at, normalizers!, to!, rows, width),
      );
      return change;
    },
  } satisfies Partial<Kernels>;
}

function thin(heap: BackendHeap) {
  const of = (tensor: tf.Tensor2D, firstColumn = 0): Matrix =>
    plain(heap.at(tensor) + 4 * firstColumn, tensor.shape[1]);
  /**
   * c (m, n), rows `c.row` apart, becomes or gains scale · a (m, k) · b (k, n), of which b's columns lie side
   * by side.
   */
  const multiply = (
    [m, n, k]: readonly [number, number, number],
    scale: number,
    a: Matrix,
    b: Matrix,
    c: Matrix,
    adds: boolean,
  ) =>
    heap.compiled.product(m, n, k, scale, a.at, a.row, a.column, b.at, b.row, c.at, c.row, Number(adds));

  const moduleGradient = (
    dy: tf.Tensor2D,
    x: tf.Tensor2D,
    dx: tf.Tensor2D | null,
    low: tf.Tensor2D,
    { a, b, column, scale }: LoraModule,
  ) => {
    const tokens = x.shape[0];
    const [inputs, r] = a.shape;
    const columns = b.shape[1];
    const [dA, dB, dLow] = [
      heap.tensor<tf.Rank.R2>(inputs, r),
      heap.tensor<tf.Rank.R2>(r, columns),
      heap.tensor<tf.Rank.R2>(tokens, r),
    ];
    const bTransposed = tf.transpose(b);
    const change = of(dy, column);
    multiply([tokens, r, columns], scale, change, of(bTransposed), of(dLow), false);
    multiply([r, columns, tokens], scale, flipped(of(low)), change, of(dB), false);
    multiply([inputs, r, tokens], 1, flipped(of(x)), of(dLow), of(dA), false);
    if (dx !== null) {
      const aTransposed = tf.transpose(a);
      multiply([tokens, inputs, r], 1, of(dLow), of(aTransposed), of(dx), true);
      aTransposed.dispose();
    }
    for (const unused of [dLow, bTransposed]) unused.dispose();
    return [dA, dB];
  };

  return {
    transposedTimes: (x, y) => {
      const product = heap.tensor<tf.Rank.R2>(x.shape[1], y.shape[1]);
      multiply([x.shape[1], y.shape[1], x.shape[0]], 1, flipped(of(x)), of(y), of(product), false);
      return product;
    },
    addLora: (y, x, modules) => {
      const tokens = x.shape[0];
      const lows = modules.map(({ a, b, column, scale }) => {
        const [inputs, r] = a.shape;
        const low = heap.tensor<tf.Rank.R2>(tokens, r);
        multiply([tokens, r, inputs], 1, of(x), of(a), of(low), false);
        multiply([tokens, b.shape[1], r], scale, of(low), of(b), of(y, column), true);
        return low;
      });
      return { value: y, saved: lows };
    },
    loraGradient: (dy, x, dx, saved, modules) => [
      ...(dx === null ? [] : [dx]),
      ...modules.flatMap((module, i) => moduleGradient(dy, x, dx, saved[i] as tf.Tensor2D, module)),
    ],
    mergeLora: (w, modules) => {
      const merged = tf.add<tf.Tensor2D>(w, 0);
      for (const { a, b, column, scale } of modules) {
        const [inputs, r] = a.shape;
        multiply([inputs, b.shape[1], r], scale, of(a), of(b), of(merged, column), true);
      }
      return merged;
    },
  } satisfies Partial<Kernels>;
}
