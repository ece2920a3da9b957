import * as tf from '@tensorflow/tfjs';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { sizeOf } from '../../params/param-set.js';
import { kernelModule, type KernelModule } from './module.js';

/** Memory that compiled kernels work on. Addresses are in bytes. */
export interface Heap {
  readonly compiled: KernelModule;
  readonly memory: WebAssembly.Memory;
  allocate(bytes: number): number;
  free(address: number): void;
  /**
   * New tensors of the given shapes, computed by `work` from the addresses of the inputs' values into the
   * outputs' own, which come after them and whose values are whatever stood there.
   */
  compute(
    inputs: readonly tf.Tensor[],
    shapes: readonly (readonly number[])[],
    work: (...addresses: number[]) => void,
  ): tf.Tensor[];
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
    return this.#module._malloc(bytes) >>> 0;
  }

  free(address: number): void {
    this.#module._free(address);
  }

  compute(
    inputs: readonly tf.Tensor[],
    shapes: readonly (readonly number[])[],
    work: (...addresses: number[]) => void,
  ): tf.Tensor[] {
    const outputs = shapes.map((shape) => this.tensor(...shape));
    work(...[...inputs, ...outputs].map((tensor) => this.at(tensor)));
    return outputs;
  }
}

const pageBytes = 65536;

/**
 * A memory of its own beside a backend that has none to share: values are copied in and out. Pieces lie one
 * after the other; what was freed is used again once all that came after it is free too.
 */
export class OwnHeap implements Heap {
  readonly compiled: KernelModule;
  readonly memory = new WebAssembly.Memory({ initial: 16 });
  /** Ends of the pieces in use or waiting; the address of each is the end before it. */
  readonly #ends = [16]; // no piece has the address 0
  readonly #freed = new Set<number>();

  constructor() {
    this.compiled = kernelModule(this.memory);
  }

  allocate(bytes: number): number {
    const address = this.#ends.at(-1)!;
    const end = address + Math.max(16, Math.ceil(bytes / 16) * 16);
    const missing = Math.ceil((end - this.memory.buffer.byteLength) / pageBytes);
    if (missing > 0) this.memory.grow(missing);
    this.#ends.push(end);
    return address;
  }

  free(address: number): void {
    this.#freed.add(address);
    while (this.#freed.delete(this.#ends.at(-2) ?? NaN)) this.#ends.pop();
  }

  compute(
    inputs: readonly tf.Tensor[],
    shapes: readonly (readonly number[])[],
    work: (...addresses: number[]) => void,
  ): tf.Tensor[] {
    const values = inputs.map((tensor) => tensor.dataSync<'float32'>());
    const sizes = shapes.map(sizeOf);
    const from = values.map(({ byteLength }) => this.allocate(byteLength));
    const to = sizes.map((size) => this.allocate(4 * size));
    try {
      values.forEach((array, i) => this.#view(from[i]!, array.length).set(array));
      work(...from, ...to);
      return shapes.map((shape, i) => tf.tensor(this.#view(to[i]!, sizes[i]!).slice(), [...shape]));
    } finally {
      for (const address of [...from, ...to]) this.free(address);
    }
  }

  #view(address: number, length: number): Float32Array {
    return new Float32Array(this.memory.buffer, address, length);
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
