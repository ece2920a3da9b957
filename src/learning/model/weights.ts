import * as tf from '@tensorflow/tfjs';
import { disposeTranspose, keptTransposes } from './transposes.js';
import { refOf, tensorsOf, type ParamSet } from '../params/param-set.js';
import { PythonBase } from './python/base.js';
import { isPythonUsed } from './python/session.js';

/**
 * Tensors on the backend by name. Whoever uploads a set disposes of it; `baseWeights` are never disposed of.
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
 * A frozen base model on the backend, uploaded once in a thread and kept for later tasks. Two are kept; a
 * third frees the one that was used least recently. Do not dispose of the answer, nor hold it across tasks. Where Python
 * computes base models nothing is uploaded.
 */
export function baseWeights(base: ParamSet): Weights {
  const { hash } = refOf(base);
  const known = bases.get(hash);
  const weights = known ?? (isPythonUsed() && base.kind === 'base' ? new PythonBase(base) : upload(base));
  bases.delete(hash);
  bases.set(hash, weights);
  if (bases.size > cachedBases) {
    const [oldest, unused] = bases.entries().next().value!;
    disposeWeights(unused);
    bases.delete(oldest);
  }
  return weights;
}

/** Tensors of base models and their transposes that stay: what a leak check has to leave out of its count. */
export function cachedTensors(): number {
  return [...bases.values()].reduce((sum, weights) => sum + weights.size, keptTransposes());
}

/** The tensor of a name; a missing one is a defect of whoever built the set. */
export function weight<R extends tf.Rank>(weights: Weights, name: string): tf.Tensor<R> {
  const tensor = weights.get(name);
  if (tensor === undefined) throw new Error(`the model has no tensor ${name}`);
  return tensor as tf.Tensor<R>;
}
