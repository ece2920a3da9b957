import {
  paramSet,
  sizeOf,
  tensorsOf,
  type ParamSet,
  type TensorSpec,
} from '../../learning/params/param-set.js';
import type { Aggregation, Update } from './aggregation.js';

/** An aggregation that is a weighted mean and remembers nothing. */
export function meanBy(weightOf: (update: Update) => number): Aggregation {
  return ({ updates, memory }) => ({ global: weightedMean(updates, weightOf), memory });
}

interface Sum {
  readonly spec: TensorSpec;
  readonly values: Float64Array;
  weight: number;
}

/**
 * Σ w·x / Σ w for every tensor over the updates that hold it. Float addition depends on its order, so updates
 * are taken by client id (the older of one client first), accumulated in float64, and rounded to float32
 * once. Tensors come in the order in which they first appear. RangeError if there is no update or no weight,
 * Error if kinds or shapes differ.
 */
export function weightedMean(updates: readonly Update[], weightOf: (update: Update) => number): ParamSet {
  const ordered = [...updates].sort(byClientAndAge);
  const [first] = ordered;
  if (!first) throw new RangeError('there is no update to aggregate');
  const sums = new Map<string, Sum>();
  for (const update of ordered) {
    if (update.params.kind !== first.params.kind) {
      throw new Error(`${update.client} sent ${update.params.kind}, ${first.client} ${first.params.kind}`);
    }
    accumulate(sums, update, weightOf(update));
  }
  return paramSet(
    first.params.kind,
    [...sums.values()].map(({ spec, values, weight }) => ({ ...spec, values: divided(values, weight) })),
  );
}

function byClientAndAge(a: Update, b: Update): number {
  if (a.client !== b.client) return a.client < b.client ? -1 : 1;
  return b.staleness - a.staleness;
}

function accumulate(sums: Map<string, Sum>, { client, params }: Update, weight: number): void {
  if (!(weight >= 0) || weight === Infinity) throw new RangeError(`${client} has weight ${weight}`);
  for (const { name, shape, values } of tensorsOf(params)) {
    const sum = sums.get(name) ?? {
      spec: { name, shape },
      values: new Float64Array(sizeOf(shape)),
      weight: 0,
    };
    if (sum.spec.shape.join() !== shape.join()) {
      throw new Error(`${client} sent ${name} as [${shape.join()}], others as [${sum.spec.shape.join()}]`);
    }
    for (let i = 0; i < values.length; i++) sum.values[i]! += weight * values[i]!;
    sum.weight += weight;
    sums.set(name, sum);
  }
}

function divided(values: Float64Array, weight: number): Float64Array {
  if (weight === 0) throw new RangeError('the updates have no weight: no training rows are behind them');
  return values.map((value) => value / weight);
}
