import * as tf from '@tensorflow/tfjs';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';

/*
 * The WebAssembly backend multiplies two plain matrices by XNNPACK; a transposed or batched product takes a
 * scalar loop that is ten to twenty times slower. The override below brings every product to the plain form.
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
  const backend = tf.backend() as BackendWasm;
  const plain = runner('BatchMatMul', backend);
  const transpose = runner('Transpose', backend);
  override('BatchMatMul', ({ inputs, attrs }) => matMul(inputs, attrs, backend, plain, transpose));
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

function matMul(
  inputs: Record<string, tf.TensorInfo>,
  attrs: Record<string, unknown>,
  backend: BackendWasm,
  plain: Run,
  transpose: Run,
): tf.TensorInfo {
  const straighten = (x: tf.TensorInfo, transposed: unknown) =>
    transposed === true ? transpose({ x }, { perm: lastTwoSwapped(x.shape.length) }) : x;
  const a = straighten(inputs['a']!, attrs['transposeA']);
  const b = straighten(inputs['b']!, attrs['transposeB']);
  const single = batchOf(a) === 1 && batchOf(b) === 1;
  const straight = { transposeA: false, transposeB: false };
  const product = single ? plain({ a, b }, straight) : eachOfBatch(a, b, backend, plain);
  if (a !== inputs['a']) backend.disposeData(a.dataId);
  if (b !== inputs['b']) backend.disposeData(b.dataId);
  return product;
}

/** (…, m, k) · (…, k, n) one matrix after the other; a batch of one is repeated. */
function eachOfBatch(a: tf.TensorInfo, b: tf.TensorInfo, backend: BackendWasm, plain: Run): tf.TensorInfo {
  const [m, k] = a.shape.slice(-2) as [number, number];
  const [inner, n] = b.shape.slice(-2) as [number, number];
  if (k !== inner) throw new Error(`matMul: shapes [${a.shape.join()}] and [${b.shape.join()}] do not fit`);
  const leading = tf.broadcast_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const indexA = broadcastIndex(a.shape.slice(0, -2), leading);
  const indexB = broadcastIndex(b.shape.slice(0, -2), leading);
  const out = backend.makeOutput([...leading, m, n], 'float32');
  const batch = leading.reduce((product, extent) => product * extent, 1);
  for (let i = 0; i < batch; i++) {
    const left = alias(a, [m, k], indexA(i), backend);
    const right = alias(b, [k, n], indexB(i), backend);
    const product = plain({ a: left, b: right }, { transposeA: false, transposeB: false });
    const values = backend.typedArrayFromHeap(product);
    backend.typedArrayFromHeap(out).set(values, i * m * n);
    backend.disposeData(product.dataId);
    forget(left, backend);
    forget(right, backend);
  }
  return out;
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

/** A tensor over the memory of one matrix of a batch; not to be disposed of but forgotten. */
function alias(
  of: tf.TensorInfo,
  shape: [number, number],
  index: number,
  backend: BackendWasm,
): tf.TensorInfo {
  const offset = backend.getMemoryOffset(of.dataId) + index * shape[0] * shape[1] * 4;
  return backend.makeOutput(shape, 'float32', offset);
}

function forget({ dataId }: tf.TensorInfo, backend: BackendWasm): void {
  const { id } = backend.dataIdMap.get(dataId);
  (backend.wasm as unknown as { tfjs: { disposeData(id: number): void } }).tfjs.disposeData(id);
  backend.dataIdMap.delete(dataId);
}

function batchOf({ shape }: tf.TensorInfo): number {
  return shape.slice(0, -2).reduce((product, extent) => product * extent, 1);
}

function lastTwoSwapped(rank: number): number[] {
  const axes = Array.from({ length: rank }, (_, axis) => axis);
  return [...axes.slice(0, -2), rank - 1, rank - 2];
}
