import { paramSet, sizeOf, type ParamSet } from '../../learning/params/param-set.js';
import type { Stream } from '../../simulation/random/stream.js';
import { kindOf } from '../aggregation/weighted-mean.js';
import {
  laidOut,
  signalsOf,
  spreadOf,
  stretchesOf,
  type OnTheAir,
  type Signal,
  type Stretch,
} from './reception.js';

/**
 * What the server makes of the sum that it hears: for each value the weighted mean over those who sent in its block, with
 * Gaussian noise of standard deviation sd / (sqrt(rho) A), where sd is the spread that all normalise by and A the sum of the
 * amplitudes of those who sent (Zhu, Wang and Huang, IEEE TWC 19(1), 2020, equations 6 to 9). Where nobody sent, the global
 * model's value stays; 0 where it has none. The n-th draw belongs to the n-th value, whoever is silent.
 */
export function receivedMean(given: OnTheAir, draws: Stream): ParamSet {
  const { global, reception, updates } = given;
  const { tensors, of, snr } = reception;
  const signals = signalsOf(given);
  const { sd } = spreadOf(signals);
  const before = laidOut(tensors, global, 0);
  const noise = Float64Array.from(before, () => draws.normal());
  const received = Float64Array.from(before);
  for (const stretch of stretchesOf(reception, signals)) {
    if (stretch.amplitude === 0) continue;
    const noiseSd = sd / (Math.sqrt(snr) * stretch.amplitude);
    const mean = meanOver(stretch.heard, stretch);
    for (let i = stretch.from; i < stretch.to; i++) {
      const start = of === 'deltas' ? before[i]! : 0;
      received[i] = start + mean[i - stretch.from]! + noiseSd * noise[i]!;
    }
  }
  return setOf(given, received, kindOf(updates));
}

/** Error of a received mean against the mean over all updates, per value. */
export interface AirError {
  /** Expected square of the noise. */
  readonly noise: number;
  /** Square of what those who were silent would have changed. */
  readonly truncation: number;
  /** Share of the values that nobody sent. */
  readonly unheard: number;
}

/**
 * The mean square error of `receivedMean` given who sent where: sd^2 / (rho A^2) in the mean over the values, and the square of
 * the difference between the mean over those who sent and the mean over all. The noise has mean 0, so that the two add up.
 */
export function airError(given: OnTheAir): AirError {
  const { global, reception } = given;
  const signals = signalsOf(given);
  const { sd } = spreadOf(signals);
  const before = laidOut(reception.tensors, global, 0);
  let [noise, truncation, unheard] = [0, 0, 0];
  for (const stretch of stretchesOf(reception, signals)) {
    const { from, to, heard, amplitude } = stretch;
    const isHeard = amplitude > 0;
    if (isHeard) noise += ((to - from) * sd * sd) / (reception.snr * amplitude * amplitude);
    else unheard += to - from;
    const full = meanOver(
      signals.filter(({ values }) => !Number.isNaN(values[from])),
      stretch,
    );
    const mean = isHeard ? meanOver(heard, stretch) : null;
    const stays = (i: number) => (reception.of === 'deltas' ? 0 : before[i]!);
    for (let i = from; i < to; i++) {
      truncation += ((mean ? mean[i - from]! : stays(i)) - full[i - from]!) ** 2;
    }
  }
  const values = Math.max(1, before.length);
  return { noise: noise / values, truncation: truncation / values, unheard: unheard / values };
}

/** Sum of w x / sum of w, accumulated as by `weightedMean`. */
function meanOver(signals: readonly Signal[], { from, to }: Pick<Stretch, 'from' | 'to'>): Float64Array {
  const sum = new Float64Array(to - from);
  let total = 0;
  for (const { values, weight } of signals) {
    for (let i = from; i < to; i++) sum[i - from]! += weight * values[i]!;
    total += weight;
  }
  return sum.map((value) => value / total);
}

function setOf({ reception: { tensors } }: OnTheAir, values: Float64Array, kind: ParamSet['kind']): ParamSet {
  let offset = 0;
  return paramSet(
    kind,
    tensors.map((tensor) => {
      const from = offset;
      offset += sizeOf(tensor.shape);
      return { ...tensor, values: values.subarray(from, offset) };
    }),
  );
}
