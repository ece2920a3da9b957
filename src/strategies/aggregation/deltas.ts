import { paramSet, tensorsOf, type ParamSet, type TensorSpec } from '../../learning/params/param-set.js';
import type { ToAggregate, Update } from './aggregation.js';
import { kindOf, meanOf, sumsOf, type Sum, type Tensor, type WeightOf } from './weighted-mean.js';

/** The tensors of a set by their names; none of a set that is not there. */
export function byName(set: ParamSet | null | undefined): ReadonlyMap<string, TensorOfSet> {
  return new Map(set ? [...tensorsOf(set)].map((tensor) => [tensor.name, tensor]) : []);
}

export type TensorOfSet = TensorSpec & { readonly values: Float32Array };

/**
 * What a client changed of the global model since it downloaded it, Δ = w_i − w_{t−τ}, in float64: the
 * tensors that both hold.
 */
export function* deltasOf({ params, base }: Update): Generator<Tensor> {
  const start = byName(base);
  for (const { name, shape, values } of tensorsOf(params)) {
    const from = start.get(name)?.values;
    if (from) yield { name, shape, values: Float64Array.from(values, (value, i) => value - from[i]!) };
  }
}

/**
 * The global model after a step for each tensor that updates have changed, given the sum of w·Δ over them and
 * the tensor as it is. A tensor that the global model does not hold yet, as LoRA before its first version,
 * has no start to have changed from: it becomes the mean of the updates that hold it.
 */
export function stepped(
  { global, updates }: Pick<ToAggregate, 'global' | 'updates'>,
  weightOf: WeightOf,
  step: (sum: Sum, tensor: TensorOfSet) => ArrayLike<number>,
): ParamSet {
  const changes = sumsOf(updates, weightOf, deltasOf);
  const changed = [...byName(global).values()].flatMap((tensor) => {
    const sum = changes.get(tensor.name);
    return sum ? [{ ...tensor, values: step(sum, tensor) }] : [];
  });
  const begun = [...newTensors({ global, updates }, weightOf).values()].map((sum) => ({
    ...sum.spec,
    values: meanOf(sum),
  }));
  return paramSet(kindOf(updates), [...changed, ...begun]);
}

/** The sums of the tensors that the global model does not hold yet. */
function newTensors(
  { global, updates }: Pick<ToAggregate, 'global' | 'updates'>,
  weightOf: WeightOf,
): Map<string, Sum> {
  const held = byName(global);
  return sumsOf(updates, weightOf, ({ params }) =>
    [...tensorsOf(params)].filter(({ name }) => !held.has(name)),
  );
}

/** x + rate · step, in float64. */
export function plus(x: ArrayLike<number>, step: ArrayLike<number>, rate = 1): Float64Array {
  return Float64Array.from(x, (value, i) => value + rate * step[i]!);
}
