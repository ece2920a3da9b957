import type { GainLaw } from '../../../src/radio/channel/fading/fading.js';
import { gainLaw } from '../../../src/radio/channel/fading/index.js';
import {
  ergodicBps,
  ergodicCapacityBps,
  exponentialIntegralScaled,
  gainForRate,
} from '../../../src/radio/channel/closed-forms.js';
import { capacityBps } from '../../../src/radio/channel/rate.js';

/*
 * What is known of Rayleigh fading, and of any law by quadrature, and read by tests alone: C is the capacity of a
 * block, B the bandwidth, gamma the mean SNR, as in src/radio/channel/closed-forms.ts.
 */

const rayleigh = { fading: 'rayleigh', ricianK: 0, nakagamiM: 1 } as const;

/** Standard deviation of C in bits per second. */
export function capacityStdDevBps(bandwidthHz: number, snr: number): number {
  return capacityStdDevOf(gainLaw(rayleigh), snr, bandwidthHz);
}

/**
 * The fixed rate in bits per second that a block does not carry with this probability, inverse of the above.
 */
export function outageRateBps(probability: number, bandwidthHz: number, snr: number): number {
  return capacityBps(bandwidthHz, snr, -Math.log1p(-probability));
}

/** The rate of a sender that is silent below a cutoff gain: over all blocks, and while it sends. */
export interface SilencedRate {
  readonly meanBps: number;
  readonly whileOnBps: number;
}

/**
 * Capacity at constant power, silent below the gain g0 >= 0: B (e^-g0 ln(1 + gamma g0) + e^(1/gamma)
 * E1(g0 + 1/gamma)) / ln 2 over all blocks.
 */
export function cutoffRate(cutoffGain: number, bandwidthHz: number, snr: number): SilencedRate {
  const scaled = exponentialIntegralScaled(cutoffGain + 1 / snr);
  const whileOnBps = (bandwidthHz * (Math.log1p(snr * cutoffGain) + scaled)) / Math.LN2;
  return { meanBps: Math.exp(-cutoffGain) * whileOnBps, whileOnBps };
}

/**
 * Truncated channel inversion at the same mean power: the received SNR is gamma / E1(g0) while the gain is at
 * least g0 > 0 (Goldsmith and Varaiya, IEEE Trans. Information Theory 43(6), 1997).
 */
export function truncatedInversionRate(cutoffGain: number, bandwidthHz: number, snr: number): SilencedRate {
  const whileOnBps = capacityBps(bandwidthHz, snr, 1 / exponentialIntegral(cutoffGain));
  return { meanBps: Math.exp(-cutoffGain) * whileOnBps, whileOnBps };
}

/**
 * Mean rate in bits per second that all of K receivers with independent gains can follow: the least of K
 * exponentials is an exponential of mean 1/K.
 */
export function commonRateBps(receivers: number, bandwidthHz: number, snr: number): number {
  return ergodicCapacityBps(bandwidthHz, snr / receivers);
}

/**
 * Mean capacity in bits per second of each of N clients that split the band and keep their power, so that the
 * SNR over the N-th part of the band is N gamma.
 */
export function splitBandBps(clients: number, bandwidthHz: number, snr: number): number {
  return ergodicCapacityBps(bandwidthHz / clients, snr * clients);
}

/**
 * Mean and standard deviation of the time on the air of `bits` that add up over independent blocks of length
 * Tc, to first order in Tc: E[T] = bits/C + (Tc/2) CV^2 and sd = sqrt(T Tc) CV, with C the ergodic capacity,
 * CV the coefficient of variation of a block's capacity and T = bits/C (renewal theory: the excess over the
 * last block).
 */
export function blockAccumulatedSeconds(
  bits: number,
  { bandwidthHz, snr, coherenceSeconds }: { bandwidthHz: number; snr: number; coherenceSeconds: number },
): { readonly mean: number; readonly standardDeviation: number } {
  const capacity = ergodicCapacityBps(bandwidthHz, snr);
  const variation = capacityStdDevBps(bandwidthHz, snr) / capacity;
  const fluidSeconds = bits / capacity;
  return {
    mean: fluidSeconds + (coherenceSeconds / 2) * variation ** 2,
    standardDeviation: Math.sqrt(fluidSeconds * coherenceSeconds) * variation,
  };
}

/** Standard deviation of C in bits per second under any law. */
export function capacityStdDevOf(law: GainLaw, snr: number, bandwidthHz: number): number {
  const mean = ergodicBps(law, snr, bandwidthHz);
  return Math.sqrt(law.mean((gain) => (capacityBps(bandwidthHz, snr, gain) - mean) ** 2));
}

/** Probability that a block does not carry a fixed rate, under any continuous law. */
export function outageOf(law: GainLaw, rateBps: number, bandwidthHz: number, snr: number): number {
  return law.cdf(gainForRate(rateBps, bandwidthHz, snr));
}

/** `cutoffRate` under any continuous law. */
export function cutoffRateOf(
  law: GainLaw,
  cutoffGain: number,
  bandwidthHz: number,
  snr: number,
): SilencedRate {
  const meanBps = ergodicBps(law, snr, bandwidthHz, cutoffGain);
  return { meanBps, whileOnBps: meanBps / (1 - law.cdf(cutoffGain)) };
}

/** `truncatedInversionRate` under any continuous law. */
export function truncatedInversionRateOf(
  law: GainLaw,
  cutoffGain: number,
  bandwidthHz: number,
  snr: number,
): SilencedRate {
  const inverse = law.mean((gain) => 1 / gain, { above: cutoffGain });
  const whileOnBps = capacityBps(bandwidthHz, snr, 1 / inverse);
  return { meanBps: (1 - law.cdf(cutoffGain)) * whileOnBps, whileOnBps };
}

/** `commonRateBps` under any continuous law: the least of K gains has the density K (1 - F)^(K-1) f. */
export function commonRateOf(law: GainLaw, receivers: number, bandwidthHz: number, snr: number): number {
  const weight = (gain: number) => receivers * (1 - law.cdf(gain)) ** (receivers - 1);
  return law.mean((gain) => weight(gain) * capacityBps(bandwidthHz, snr, gain));
}

/** E1(x), the integral of e^-t / t from x to infinity, for x > 0. */
export function exponentialIntegral(x: number): number {
  if (!(x > 0)) throw new RangeError(`E1(${x}): expected a number above 0`);
  return Math.exp(-x) * exponentialIntegralScaled(x);
}
