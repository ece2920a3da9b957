import type * as tf from '@tensorflow/tfjs';
import { borrow, borrowIntegers, type Heap } from './kernels/heap.js';
import { attention } from './layers.js';

export interface CacheShape {
  readonly rows: number;
  /** Tokens that every row has room for. */
  readonly capacity: number;
  readonly blocks: number;
  readonly heads: number;
  readonly width: number;
}

/**
 * Keys and values of rows of text, for every block, so that a new token is the only one that a block
 * computes: the cost of a token grows with the length of its text only by its own row of attention. To be
 * closed.
 */
export class KeyValueCache {
  readonly #keys: readonly number[];
  readonly #values: readonly number[];
  /** Tokens of each row that went through every block. */
  readonly lengths: Int32Array;

  constructor(
    readonly heap: Heap,
    readonly shape: CacheShape,
  ) {
    const { rows, capacity, blocks, width } = shape;
    const matrices = () => Array.from({ length: blocks }, () => heap.allocate(4 * rows * capacity * width));
    this.#keys = matrices();
    this.#values = matrices();
    this.lengths = new Int32Array(rows);
  }

  /**
   * Attention among whole new rows, packed: (N, 3C) → (N, C). They must be all rows of the cache, in order.
   */
  start(qkv: tf.Tensor2D, block: number, offsets: Int32Array): tf.Tensor2D {
    const { capacity, heads, width } = this.shape;
    this.heap.compute([qkv], [], (from) => {
      const floats = new Float32Array(this.heap.memory.buffer);
      for (let row = 0; row + 1 < offsets.length; row++) {
        for (let n = offsets[row]!; n < offsets[row + 1]!; n++) {
          const to = (row * capacity + n - offsets[row]!) * width;
          const own = from / 4 + 3 * n * width;
          floats.copyWithin(this.#keys[block]! / 4 + to, own + width, own + 2 * width);
          floats.copyWithin(this.#values[block]! / 4 + to, own + 2 * width, own + 3 * width);
        }
      }
    });
    return attention(qkv, { offsets, heads, causal: true });
  }

  /** Attention of one new token for each of some rows, which is added: (R, 3C) → (R, C). */
  next(qkv: tf.Tensor2D, block: number, rows: readonly number[]): tf.Tensor2D {
    const { capacity, heads, width } = this.shape;
    const { heap } = this;
    const places = Int32Array.from(rows.flatMap((row) => [row, this.lengths[row]!]));
    const [keys, values] = [this.#keys[block]!, this.#values[block]!];
    const [mixed] = borrowIntegers(heap, places, (at) =>
      borrow(heap, 4 * capacity, (scratch) =>
        heap.compute([qkv], [[rows.length, width]], (from, to) =>
          heap.compiled.attendToCache(
            ...[from, at, rows.length, heads, width, capacity],
            ...[keys, values, to, scratch],
          ),
        ),
      ),
    );
    return mixed as tf.Tensor2D;
  }

  close(): void {
    for (const address of [...this.#keys, ...this.#values]) this.heap.free(address);
  }
}
