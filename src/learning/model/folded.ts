import * as tf from '@tensorflow/tfjs';
import { refOf, type ParamSet } from '../params/param-set.js';
import { densesOf } from './changes.js';
import { placeOf } from './lora.js';
import type { TunedSets } from './slots.js';
import { disposeTranspose } from './transposes.js';
import type { Weights } from './weights.js';

interface Folded {
  readonly weights: Weights;
  /** The tensors that are its own; all others are the base's. */
  readonly own: readonly tf.Tensor[];
}

const kept = 2;
const cache = new Map<string, Folded>();
const ids = new WeakMap<Weights, number>();
let bases = 0;

/**
 * The base with all changes of `sets` added in their order. It is kept in this thread for later tasks, two of them; do
 * not dispose of it, nor hold it across tasks. The base itself where there is no change.
 */
export function folded(base: Weights, sets: TunedSets, alpha: number): Weights {
  const changes = Object.values(sets).filter(({ kind }) => kind === 'change');
  if (changes.length === 0) return base;
  const id = ids.get(base) ?? ++bases;
  ids.set(base, id);
  const key = [id, alpha, ...changes.map((set) => refOf(set).hash)].join();
  const result = cache.get(key) ?? added(base, changes, alpha);
  cache.delete(key);
  cache.set(key, result);
  if (cache.size > kept) {
    const [oldest, { own }] = cache.entries().next().value!;
    for (const tensor of own) {
      disposeTranspose(tensor);
      tensor.dispose();
    }
    cache.delete(oldest);
  }
  return result.weights;
}

/** Tensors that stay: what a leak check has to leave out of its count. */
export function foldedTensors(): number {
  return [...cache.values()].reduce((sum, { own }) => sum + own.length, 0);
}

function added(base: Weights, changes: readonly ParamSet[], alpha: number): Folded {
  const sums = new Map<string, Float64Array>();
  for (const { name, values } of changes.flatMap(densesOf)) {
    const { projection, index, of } = placeOf(name);
    const tensor = base.get(`${projection}.weight`);
    if (!tensor) throw new Error(`a change of ${name}, which the model has not`);
    const sum = sums.get(projection) ?? Float64Array.from(tensor.dataSync());
    sums.set(projection, sum);
    const [rows, width] = tensor.shape as [number, number];
    const columns = width / of;
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        sum[row * width + index * columns + column]! += alpha * values[row * columns + column]!;
      }
    }
  }
  const own = new Map(
    [...sums].map(([projection, sum]) => {
      const name = `${projection}.weight`;
      return [name, tf.keep(tf.tensor(Float32Array.from(sum), base.get(name)!.shape, 'float32'))] as const;
    }),
  );
  return { weights: new Map([...base, ...own]), own: [...own.values()] };
}
