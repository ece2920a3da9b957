import { gammaUpper } from '../channel/special-functions.js';
import { exponentialIntegralScaled } from '../channel/closed-forms.js';
import type { Stream } from '../../simulation/random/stream.js';

/*
 * One receiver with M antennas hears K senders at once, Rayleigh fading, h_k ~ CN(0, I). It combines towards the sum of
 * the channels, which one pilot of all senders shows it: a = s / |s| with s = sum of h_k (the combiner of Amiri, Duman and
 * Gündüz, Blind Federated Edge Learning, IEEE TWC 20(8), 2021). Sender k then has the gain g_k = |a* h_k|^2.
 *
 * Given s, h_k is CN(s / K, (1 - 1/K) I), so a* h_k is CN(|s| / K, 1 - 1/K), where |s|^2 / K is Gamma(M). A noncentral
 * chi-square law whose noncentrality is Gamma distributed is a mixture of Gamma laws with negative binomial weights:
 * g_k K / (K - 1) is Gamma(1 + J), where P(J = j) = C(M + j - 1, j) (1 - 1/K)^M K^-j. Of one sender g is Gamma(M).
 */

/** Of the gain g of one sender, with a cutoff g0. */
export interface CombinedGain {
  /** P(g >= g0). */
  readonly reached: number;
  /** E[1/g; g >= g0]; Infinity where it is not finite, as for one antenna without a cutoff. */
  readonly inverse: number;
}

/** For M = `antennas`, K = `senders` and g0 = `cutoffGain`. */
export function combinedGain(antennas: number, senders: number, cutoffGain: number): CombinedGain {
  if (senders === 1) return gammaGain(antennas, cutoffGain);
  const scale = senders / (senders - 1);
  let weight = Math.exp(-antennas * Math.log(scale));
  let left = 1;
  let reached = 0;
  let inverse = 0;
  for (let j = 0; left > 1e-16 && j < 100_000; j++) {
    const gain = gammaGain(1 + j, cutoffGain * scale);
    reached += weight * gain.reached;
    inverse += weight * scale * gain.inverse;
    left -= weight;
    weight *= (antennas + j) / ((j + 1) * senders);
    if (j > antennas && weight < 1e-18) break;
  }
  return { reached, inverse };
}

/** Of a gain that is Gamma(`shape`), `shape` an integer from 1. */
function gammaGain(shape: number, cutoffGain: number): CombinedGain {
  const reached = cutoffGain === 0 ? 1 : gammaUpper(shape, cutoffGain);
  if (shape > 1) {
    const above = cutoffGain === 0 ? 1 : gammaUpper(shape - 1, cutoffGain);
    return { reached, inverse: above / (shape - 1) };
  }
  const inverse = cutoffGain === 0 ? Infinity : Math.exp(-cutoffGain) * exponentialIntegralScaled(cutoffGain);
  return { reached, inverse };
}

/** Gains of as many senders in one block, from the streams of their channels, M complex coefficients of each. */
export function combinedGains(antennas: number, draws: readonly Stream[]): readonly number[] {
  const channels = draws.map((from) => coefficients(antennas, from));
  const sum = new Float64Array(2 * antennas);
  for (const channel of channels) for (let i = 0; i < sum.length; i++) sum[i]! += channel[i]!;
  const norm = sum.reduce((total, value) => total + value * value, 0);
  return channels.map((channel) => {
    let real = 0;
    let imaginary = 0;
    for (let m = 0; m < antennas; m++) {
      const [a, b, c, d] = [sum[2 * m]!, sum[2 * m + 1]!, channel[2 * m]!, channel[2 * m + 1]!];
      real += a * c + b * d;
      imaginary += a * d - b * c;
    }
    return (real * real + imaginary * imaginary) / norm;
  });
}

/** CN(0, 1) each: real and imaginary part in turn. */
function coefficients(antennas: number, from: Stream): Float64Array {
  return Float64Array.from({ length: 2 * antennas }, () => from.normal() * Math.SQRT1_2);
}
