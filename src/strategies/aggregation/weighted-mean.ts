import {
  paramSet,
  sizeOf,
  tensorsOf,
  type ParamSet,
  type TensorSpec,
} from '../../learning/params/param-set.js';
import type { Update } from './aggregation.js';

export type WeightOf = (update: Update) => number;

/** A tensor, of whatever precision. */
export interface Tensor extends TensorSpec {
  readonly values: Float32Array | Float64Array;
}

/** Σ w·x of a tensor over the updates that hold it. */
export interface Sum {
  readonly spec: TensorSpec;
  readonly values: Float64Array;
  /** Σ w over the same updates. */
  weight: number;
  /** How many they are. */
  count: number;
}

/**
 * Σ w·x / Σ w for every tensor over the updates that hold it, rounded to float32 once. Tensors come in the
 * order in which they first appear. Errors as of `sumsOf`, and RangeError if the updates have no weight.
 */
export function weightedMean(updates: readonly Update[], weightOf: WeightOf): ParamSet {
  const sums = sumsOf(updates, weightOf);
  return paramSet(
    kindOf(updates),
    [...sums.values()].map((sum) => ({ ...sum.spec, values: meanOf(sum) })),
  );
}

/**
 * Σ w·x and Σ w for every tensor that `tensorsFrom` gives of the updates: their parameters, or what else is to
 * be summed. Float addition depends on its order, so updates are taken by `inOrder` and accumulated in
 * float64. RangeError if there is no update, or a weight is negative or not finite; Error if kinds or shapes
 * differ.
 */
export function sumsOf(
  updates: readonly Update[],
  weightOf: WeightOf,
  tensorsFrom: (update: Update) => Iterable<Tensor> = ({ params }) => tensorsOf(params),
): Map<string, Sum> {
  const sums = new Map<string, Sum>();
  for (const update of inOrder(updates)) {
    const weight = weightOf(update);
    if (!(weight >= 0) || weight === Infinity) throw new RangeError(`${update.client} has weight ${weight}`);
    for (const tensor of tensorsFrom(update)) add(sums, update.client, tensor, weight);
  }
  return sums;
}

function add(sums: Map<string, Sum>, client: string, { name, shape, values }: Tensor, weight: number): void {
  const sum = sums.get(name) ?? {
    spec: { name, shape },
    values: new Float64Array(sizeOf(shape)),
    weight: 0,
    count: 0,
  };
  if (sum.spec.shape.join() !== shape.join()) {
    throw new Error(`${client} sent ${name} as [${shape.join()}], others as [${sum.spec.shape.join()}]`);
  }
  for (let i = 0; i < values.length; i++) sum.values[i]! += weight * values[i]!;
  sum.weight += weight;
  sum.count += 1;
  sums.set(name, sum);
}

/** RangeError if there is no weight. */
export function meanOf({ values, weight }: Sum): Float64Array {
  if (weight === 0) throw new RangeError('the updates have no weight: no training rows are behind them');
  return values.map((value) => value / weight);
}

/**
 * By client id, the older of one client first: the one order in which a rule takes its updates. RangeError if
 * there is none, Error if kinds differ.
 */
export function inOrder(updates: readonly Update[]): readonly Update[] {
  const ordered = [...updates].sort(byClientAndAge);
  const [first] = ordered;
  if (!first) throw new RangeError('there is no update to aggregate');
  for (const { client, params } of ordered) {
    if (params.kind === first.params.kind) continue;
    throw new Error(`${client} sent ${params.kind}, ${first.client} ${first.params.kind}`);
  }
  return ordered;
}

function byClientAndAge(a: Update, b: Update): number {
  if (a.client !== b.client) return a.client < b.client ? -1 : 1;
  return b.staleness - a.staleness;
}

/** The kind that all updates are of. */
export function kindOf(updates: readonly Update[]): ParamSet['kind'] {
  return inOrder(updates)[0]!.params.kind;
}
