import * as tf from '@tensorflow/tfjs';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { backendHeap, type BackendHeap } from './kernels/heap.js';
import { flipped, plain, type Matrix } from './kernels/matrix.js';
import { fewestRows, packedProduct } from './kernels/packed-product.js';

/*
 * The WebAssembly backend multiplies two plain matrices by XNNPACK; a transposed or batched product takes a
 * scalar loop that is ten to twenty times slower. The override below takes the compiled product for all of them.
 * It also lets a clone share its memory instead of copying it: tensors are never written to, and the tape
 * clones whatever it saves.
 */

type Run = (inputs: Record<string, tf.TensorInfo>, attrs?: Record<string, unknown>) => tf.TensorInfo;

interface KernelArguments {
  readonly inputs: Record<string, tf.TensorInfo>;
  readonly backend: BackendWasm;
  readonly attrs: Record<string, unknown>;
}

/** Replaces two kernels of the running WebAssembly backend; to be called once, after it has started. */
export function speedUpWasm(): void {
  const heap = backendHeap();
  const { backend } = heap;
  const xnnpack = runner('BatchMatMul', backend);
  override('BatchMatMul', ({ inputs, attrs }) => {
    const [a, b] = [inputs['a']!, inputs['b']!];
    const isPlain = attrs['transposeA'] !== true && attrs['transposeB'] !== true;
    const isSmall = isPlain && batchOf(a) * batchOf(b) === 1 && a.shape.at(-2)! < fewestRows;
    return isSmall
      ? xnnpack({ a, b }, attrs)
      : matMul(heap, operand(a, attrs['transposeA']), operand(b, attrs['transposeB']));
  });
  override('Identity', ({ inputs }) => {
    const { dataId, shape, dtype } = inputs['x']!;
    backend.incRef(dataId);
    return { dataId, shape, dtype };
  });
}

function runner(kernelName: string, backend: BackendWasm): Run {
  const kernel = tf.getKernel(kernelName, 'wasm').kernelFunc;
  return (inputs, attrs = {}) =>
    kernel({ inputs, backend, attrs: attrs as tf.NamedAttrMap }) as tf.TensorInfo;
}

function override(kernelName: string, kernel: (args: KernelArguments) => tf.TensorInfo): void {
  tf.unregisterKernel(kernelName, 'wasm');
  tf.registerKernel({ kernelName, backendName: 'wasm', kernelFunc: kernel as unknown as tf.KernelFunc });
}

/** Matrices of equal shape one after the other, each as it stands or transposed. */
interface Operand {
  readonly of: tf.TensorInfo;
  readonly leading: readonly number[];
  readonly rows: number;
  readonly columns: number;
  readonly isTransposed: boolean;
}

function operand(of: tf.TensorInfo, transposed: unknown): Operand {
  const isTransposed = transposed === true;
  const leading = of.shape.slice(0, -2);
  const extents = of.shape.slice(-2) as [number, number];
  const [rows, columns] = isTransposed ? [extents[1], extents[0]] : extents;
  return { of, leading, rows, columns, isTransposed };
}

/** (…, m, k) · (…, k, n) one matrix after the other; a batch of one is repeated. */
function matMul(heap: BackendHeap, a: Operand, b: Operand): tf.TensorInfo {
  const [m, n, k] = [a.rows, b.columns, a.columns];
  if (k !== b.rows) {
    throw new Error(`matMul: shapes [${a.of.shape.join()}] and [${b.of.shape.join()}] do not fit`);
  }
  const leading = tf.broadcast_util.assertAndGetBroadcastShape([...a.leading], [...b.leading]);
  const [left, right] = [matricesOf(heap, a, leading), matricesOf(heap, b, leading)];
  const out = heap.backend.makeOutput([...leading, m, n], 'float32');
  const to = heap.at(out);
  const batch = leading.reduce((product, extent) => product * extent, 1);
  for (let i = 0; i < batch; i++) packedProduct(heap, [m, n, k], left(i), right(i), 0, to + 4 * i * m * n);
  return out;
}

/** The matrix of an operand for each index of the broadcast batch. */
function matricesOf(
  heap: BackendHeap,
  { of, leading, rows, columns, isTransposed }: Operand,
  broadcast: readonly number[],
): (i: number) => Matrix {
  const index = broadcastIndex(leading, broadcast);
  const first = heap.at(of);
  return (i) => {
    const at = first + 4 * index(i) * rows * columns;
    return isTransposed ? flipped(plain(at, rows)) : plain(at, columns);
  };
}

/** Maps the flat index of a broadcast batch to that of an operand whose leading extents are equal or 1. */
function broadcastIndex(own: readonly number[], leading: readonly number[]): (i: number) => number {
  const padded = [...leading.slice(own.length).map(() => 1), ...own];
  return (i) => {
    let rest = i;
    let index = 0;
    let stride = 1;
    for (let axis = leading.length - 1; axis >= 0; axis--) {
      const extent = leading[axis]!;
      if (padded[axis] !== 1) index += (rest % extent) * stride;
      stride *= padded[axis]!;
      rest = Math.floor(rest / extent);
    }
    return index;
  };
}

function batchOf({ shape }: tf.TensorInfo): number {
  return shape.slice(0, -2).reduce((product, extent) => product * extent, 1);
}
