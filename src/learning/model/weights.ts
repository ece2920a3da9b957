import * as tf from '@tensorflow/tfjs';
import { keptConstants } from './kernels/tensorflow.js';
import { disposeTranspose, keptTransposes } from './transposes.js';
import { refOf, tensorsOf, type ParamSet } from '../params/param-set.js';
import { PythonBase } from './python/base.js';
import { isPythonUsed } from './python/session.js';

/**
 * Tensors on the backend by name. Whoever uploads a set disposes of it; `baseWeights` and `frozenWeights` are never
 * disposed of.
 */
export type Weights = ReadonlyMap<string, tf.Tensor>;

/**
 * Brings a set to the backend; outside of every tidy, so that only `disposeWeights` frees it. On the native
 * backend a tensor may share the set's memory, so nobody may write to the set before that.
 */
export function upload(set: ParamSet): Weights {
  const weights = new Map<string, tf.Tensor>();
  for (const { name, shape, values } of tensorsOf(set)) {
    weights.set(name, tf.keep(tf.tensor(values, [...shape], 'float32')));
  }
  return weights;
}

export function disposeWeights(weights: Weights | null): void {
  for (const tensor of weights?.values() ?? []) {
    disposeTranspose(tensor);
    tensor.dispose();
  }
}

/** What `work` makes of a set on the backend, which is freed again. */
export function withWeights<T>(set: ParamSet, work: (weights: Weights) => T): T {
  const weights = upload(set);
  try {
    return work(weights);
  } finally {
    disposeWeights(weights);
  }
}

const cachedBases = 2;
const bases = new Map<string, Weights>();

/**
 * A base model that adapters and LoRA change. Where Python computes these, none of it is uploaded. Kept as
 * `frozenWeights` are.
 */
export function baseWeights(base: ParamSet): Weights {
  if (!isPythonUsed()) return frozenWeights(base);
  return kept(`python ${refOf(base).hash}`, () => new PythonBase(base));
}

/**
 * A frozen model on the backend, uploaded once in a thread and kept for later tasks. Two are kept; a
 * third frees the one that was used least recently. Do not dispose of the answer, nor hold it across tasks.
 */
export function frozenWeights(set: ParamSet): Weights {
  return kept(refOf(set).hash, () => upload(set));
}

function kept(key: string, make: () => Weights): Weights {
  const weights = bases.get(key) ?? make();
  bases.delete(key);
  bases.set(key, weights);
  if (bases.size > cachedBases) {
    const [oldest, unused] = bases.entries().next().value!;
    disposeWeights(unused);
    bases.delete(oldest);
  }
  return weights;
}

/** Tensors of base models, their transposes and constants that stay: what a leak check has to leave out of its count. */
export function cachedTensors(): number {
  return [...bases.values()].reduce((sum, weights) => sum + weights.size, keptTransposes() + keptConstants());
}

/** The tensor of a name; a missing one is a defect of whoever built the set. */
export function weight<R extends tf.Rank>(weights: Weights, name: string): tf.Tensor<R> {
  const tensor = weights.get(name);
  if (tensor === undefined) throw new Error(`the model has no tensor ${name}`);
  return tensor as tf.Tensor<R>;
}
