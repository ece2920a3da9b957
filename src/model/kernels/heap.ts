import * as tf from '@tensorflow/tfjs';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { kernelModule, type KernelModule } from './module.js';

/** Memory that compiled kernels work on. Addresses are in bytes. */
export interface Heap {
  readonly compiled: KernelModule;
  readonly memory: WebAssembly.Memory;
  allocate(bytes: number): number;
  free(address: number): void;
  /** A new tensor that `work` computes from the values of x, which it finds at `from`, into `to`. */
  mapTensor(x: tf.Tensor2D, width: number, work: (from: number, to: number) => void): tf.Tensor2D;
}

/** The memory of the WebAssembly backend itself: tensors are where they are. */
export class BackendHeap implements Heap {
  readonly compiled: KernelModule;
  readonly memory: WebAssembly.Memory;
  readonly #module: { _malloc(bytes: number): number; _free(address: number): void };

  constructor(readonly backend: BackendWasm) {
    const module = backend.wasm as unknown as {
      asm: { memory: WebAssembly.Memory };
      _malloc(bytes: number): number;
      _free(address: number): void;
    };
    this.memory = module.asm.memory;
    this.#module = module;
    this.compiled = kernelModule(this.memory);
  }

  at({ dataId }: tf.TensorInfo): number {
    return this.backend.getMemoryOffset(dataId);
  }

  /** A tensor whose values are whatever stood there. */
  tensor<R extends tf.Rank>(...shape: number[]): tf.Tensor<R> {
    return tf.engine().makeTensorFromTensorInfo(this.backend.makeOutput(shape, 'float32')) as tf.Tensor<R>;
  }

  zeros<R extends tf.Rank>(...shape: number[]): tf.Tensor<R> {
    const tensor = this.tensor<R>(...shape);
    new Float32Array(this.memory.buffer, this.at(tensor), tensor.size).fill(0);
    return tensor;
  }

  allocate(bytes: number): number {
    const address = this.#module._malloc(bytes) >>> 0;
    if (address === 0) throw new RangeError(`the WebAssembly memory has no room for ${bytes} more bytes`);
    return address;
  }

  free(address: number): void {
    this.#module._free(address);
  }

  mapTensor(x: tf.Tensor2D, width: number, work: (from: number, to: number) => void): tf.Tensor2D {
    const y = this.tensor<tf.Rank.R2>(x.shape[0], width);
    work(this.at(x), this.at(y));
    return y;
  }
}

const pageBytes = 65536;

/**
 * A memory of its own beside a backend that has none to share: values are copied in and out. What is
 * allocated is given back all at once, when the last piece is freed.
 */
export class OwnHeap implements Heap {
  readonly compiled: KernelModule;
  readonly memory = new WebAssembly.Memory({ initial: 16 });
  #end = 16; // no piece has the address 0
  #pieces = 0;

  constructor() {
    this.compiled = kernelModule(this.memory);
  }

  allocate(bytes: number): number {
    const address = this.#end;
    this.#end += Math.ceil(bytes / 16) * 16;
    this.#pieces++;
    const missing = Math.ceil((this.#end - this.memory.buffer.byteLength) / pageBytes);
    if (missing > 0) this.memory.grow(missing);
    return address;
  }

  free(): void {
    if (--this.#pieces === 0) this.#end = 16;
  }

  mapTensor(x: tf.Tensor2D, width: number, work: (from: number, to: number) => void): tf.Tensor2D {
    const shape: [number, number] = [x.shape[0], width];
    const values = x.dataSync<'float32'>();
    return borrow(this, 4 * x.size, (from) =>
      borrow(this, 4 * shape[0] * width, (to) => {
        new Float32Array(this.memory.buffer, from, x.size).set(values);
        work(from, to);
        return tf.tensor2d(new Float32Array(this.memory.buffer, to, shape[0] * width).slice(), shape);
      }),
    );
  }
}

/** Runs `work` with memory that is free again after it. */
export function borrow<T>(heap: Heap, bytes: number, work: (address: number) => T): T {
  const address = heap.allocate(Math.max(bytes, 4));
  try {
    return work(address);
  } finally {
    heap.free(address);
  }
}

/** The same, with integers in it. */
export function borrowIntegers<T>(heap: Heap, values: Int32Array, work: (address: number) => T): T {
  return borrow(heap, values.byteLength, (address) => {
    new Int32Array(heap.memory.buffer, address, values.length).set(values);
    return work(address);
  });
}

let opened: Heap | undefined;

/** The heap of this thread: the backend's own where it is WebAssembly. */
export function threadHeap(): Heap {
  if (tf.getBackend() === 'wasm') return backendHeap();
  return (opened ??= new OwnHeap());
}

export function backendHeap(): BackendHeap {
  if (opened instanceof BackendHeap) return opened;
  const heap = new BackendHeap(tf.backend() as BackendWasm);
  opened = heap;
  return heap;
}
