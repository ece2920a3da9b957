import { sizeOf, tensorsOf, type ParamSet, type TensorSpec } from '../../learning/params/param-set.js';
import type { Update } from '../aggregation/aggregation.js';
import { byName } from '../aggregation/deltas.js';
import { inOrder } from '../aggregation/weighted-mean.js';
import type { AirMean } from './air-mean.js';

/** One part of the model on the air: who was heard where, and how well. */
export interface Reception extends AirMean {
  /** The values in their order on the air. A client that does not hold a tensor is silent there. */
  readonly tensors: readonly TensorSpec[];
  /** Values `from` up to before `to`, counted over `tensors`, and the clients that sent in them. */
  readonly blocks: readonly {
    readonly from: number;
    readonly to: number;
    readonly active: readonly string[];
  }[];
  /** Ratio of a symbol of unit mean square from a client of the weight `fullWeight` to the noise. */
  readonly snr: number;
  /** The greatest weight of a client on the air; all others send more softly. */
  readonly fullWeight: number;
}

/** What is summed, and what for. */
export interface OnTheAir {
  readonly global: ParamSet | null;
  readonly updates: readonly Update[];
  readonly reception: Reception;
}

/** What one client sends, over all tensors of the reception. */
export interface Signal {
  readonly client: string;
  /** In float64; NaN where the client holds no such tensor. */
  readonly values: Float64Array;
  /** Its weight relative to `fullWeight`: from 0 to 1. */
  readonly amplitude: number;
  readonly weight: number;
}

/** Those who are heard over a run of values; their amplitudes add up to `amplitude`. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly heard: readonly Signal[];
  readonly amplitude: number;
}

/** In the order of the clients, as every rule of aggregation takes its updates. */
export function signalsOf({ global, updates, reception }: OnTheAir): readonly Signal[] {
  const { tensors, weighting, of, fullWeight } = reception;
  const offset = of === 'deltas' ? laidOut(tensors, global, 0) : null;
  return inOrder(updates).map(({ client, params, rows }) => {
    const weight = weightOf(rows, weighting);
    const values = laidOut(tensors, params, NaN);
    if (offset) offset.forEach((from, i) => (values[i]! -= from));
    return { client, values, weight, amplitude: weight / fullWeight };
  });
}

export function weightOf(rows: number, weighting: AirMean['weighting']): number {
  return weighting === 'rows' ? rows : 1;
}

/** A set's values in the order of these tensors; `missing` where it has no such tensor. */
export function laidOut(tensors: readonly TensorSpec[], set: ParamSet | null, missing: number): Float64Array {
  const held = byName(set);
  const values = new Float64Array(tensors.reduce((sum, { shape }) => sum + sizeOf(shape), 0)).fill(missing);
  let offset = 0;
  for (const { name, shape } of tensors) {
    const own = held.get(name);
    if (own) values.set(own.values, offset);
    offset += sizeOf(shape);
  }
  return values;
}

/** Runs of values over which the same clients are heard: within one block and one tensor. */
export function stretchesOf({ tensors, blocks }: Reception, signals: readonly Signal[]): readonly Stretch[] {
  const stretches: Stretch[] = [];
  let offset = 0;
  for (const { shape } of tensors) {
    const end = offset + sizeOf(shape);
    for (const block of blocks) {
      const [from, to] = [Math.max(offset, block.from), Math.min(end, block.to)];
      if (to <= from) continue;
      const heard = signals.filter(
        ({ client, values, amplitude }) =>
          amplitude > 0 && block.active.includes(client) && !Number.isNaN(values[from]),
      );
      stretches.push({
        from,
        to,
        heard,
        amplitude: heard.reduce((sum, { amplitude }) => sum + amplitude, 0),
      });
    }
    offset = end;
  }
  return stretches;
}

/**
 * Mean and standard deviation by which all normalise what they send, so that symbols have mean square 1 over all clients:
 * each tells its own beforehand, and hears those of all (Zhu, Wang and Huang, section II-B).
 */
export function spreadOf(signals: readonly Signal[]): { readonly mean: number; readonly sd: number } {
  const own = signals.map(({ values }) => values.filter((value) => !Number.isNaN(value)));
  const mean = average(own.map((values) => average(values)));
  const square = average(own.map((values) => average(values.map((value) => (value - mean) ** 2))));
  return { mean, sd: Math.sqrt(square) };
}

function average(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return values.length === 0 ? 0 : sum / values.length;
}

/** Tensors of some sets, in the order in which they first appear. */
export function tensorsIn(sets: readonly ParamSet[]): readonly TensorSpec[] {
  const tensors = new Map<string, TensorSpec>();
  for (const set of sets) {
    for (const { name, shape } of tensorsOf(set)) if (!tensors.has(name)) tensors.set(name, { name, shape });
  }
  return [...tensors.values()];
}
