/*
 * What the simulated link comes to in the mean, for tests and for reports; the simulation itself never uses
 * it. First Rayleigh block fading, in closed form: gamma the mean SNR as a ratio (`snr`), x = |h|^2 ~ Exp(1),
 * C = B log2(1 + gamma x), theta = (2^(R/B) - 1)/gamma the gain that carries the rate R. Then any law of
 * gains, by quadrature. Textbooks: Goldsmith, Wireless Communications (2005), chapter 4; Tse and Viswanath,
 * Fundamentals of Wireless Communication (2005), chapter 5.
 */

import { nameOf } from '../../strategies/strategy.js';
import type { Fading, GainLaw } from './fading/fading.js';
import { gainLaw } from './fading/index.js';
import { capacityBps } from './rate.js';
import { gammaLower, gammaTail, lambertW, noncentralGammaLower } from './special-functions.js';

const eulerGamma = 0.5772156649015329;

/**
 * E1(x), the integral of e^-t / t from x to infinity, for x > 0: a series up to 1, a continued fraction
 * above.
 */
export function exponentialIntegral(x: number): number {
  if (!(x > 0)) throw new RangeError(`E1(${x}): expected a number above 0`);
  return x <= 1 ? seriesE1(x) : Math.exp(-x) * scaledE1(x);
}

/** -gamma - ln x - sum of (-x)^k / (k k!) (Abramowitz and Stegun 5.1.11). */
function seriesE1(x: number): number {
  let sum = -eulerGamma - Math.log(x);
  let term = 1;
  for (let k = 1; Math.abs(term) > 1e-18; k++) {
    term *= -x / k;
    sum -= term / k;
  }
  return sum;
}

/** e^x E1(x) by its continued fraction. */
function scaledE1(x: number): number {
  return gammaTail(0, x, 1e-15);
}

/** e^x E1(x), which neither overflows nor underflows. */
function exponentialIntegralScaled(x: number): number {
  return x <= 1 ? Math.exp(x) * seriesE1(x) : scaledE1(x);
}

/** Mean of C in bits per second: B e^(1/gamma) E1(1/gamma) / ln 2. */
export function ergodicCapacityBps(bandwidthHz: number, snr: number): number {
  return (bandwidthHz * exponentialIntegralScaled(1 / snr)) / Math.LN2;
}

/** Standard deviation of C in bits per second. */
export function capacityStdDevBps(bandwidthHz: number, snr: number): number {
  return capacityStdDevOf(gainLaw(rayleigh), snr, bandwidthHz);
}

/** theta: the power gain from which on a block carries the fixed rate R. */
export function gainForRate(rateBps: number, bandwidthHz: number, snr: number): number {
  return Math.expm1((rateBps / bandwidthHz) * Math.LN2) / snr;
}

/** Probability that a block does not carry a fixed rate R: 1 - e^-theta. */
export function outageProbability(rateBps: number, bandwidthHz: number, snr: number): number {
  return -Math.expm1(-gainForRate(rateBps, bandwidthHz, snr));
}

/**
 * The fixed rate in bits per second that a block does not carry with this probability, inverse of the above.
 */
export function outageRateBps(probability: number, bandwidthHz: number, snr: number): number {
  return capacityBps(bandwidthHz, snr, -Math.log1p(-probability));
}

/**
 * Mean number of transmissions of a message that is lost with probability p < 1 each time, until it arrives:
 * 1/(1 - p), e^theta for an outage.
 */
export function arqMeanTransmissions(lossProbability: number): number {
  return 1 / (1 - lossProbability);
}

/**
 * Mean number of transmissions of a message that is lost with probability p each time, at most `cap` of them.
 */
export function truncatedArqMeanTransmissions(lossProbability: number, cap: number): number {
  if (lossProbability === 1) return cap;
  return (1 - lossProbability ** cap) / (1 - lossProbability);
}

/** Probability that a message is lost all of `cap` times. */
export function truncatedArqResidualLoss(lossProbability: number, cap: number): number {
  return lossProbability ** cap;
}

/**
 * Mean number of transmissions under HARQ with Chase combining until the message is decoded, one block per
 * transmission: 1 + theta, as the gains add up to a Poisson process.
 */
export function chaseMeanTransmissions(rateBps: number, bandwidthHz: number, snr: number): number {
  return 1 + gainForRate(rateBps, bandwidthHz, snr);
}

/** A fixed rate, the outage it takes, and what arrives of it: R (1 - outage). */
export interface FixedRate {
  readonly rateBps: number;
  readonly outage: number;
  readonly goodputBps: number;
}

/** The fixed rate of the greatest goodput: B W(gamma) / ln 2, W Lambert's function. */
export function bestFixedRate(bandwidthHz: number, snr: number): FixedRate {
  const rateBps = (bandwidthHz * lambertW(snr)) / Math.LN2;
  const outage = outageProbability(rateBps, bandwidthHz, snr);
  return { rateBps, outage, goodputBps: rateBps * (1 - outage) };
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

const rayleigh = { fading: 'rayleigh', ricianK: 0, nakagamiM: 1 } as const;

/**
 * Mean of C in bits per second under any law of gains; of the blocks with a gain of at least `above` only.
 */
export function ergodicBps(law: GainLaw, snr: number, bandwidthHz: number, above = 0): number {
  return law.mean((gain) => capacityBps(bandwidthHz, snr, gain), { above });
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

/** P(G1 + ... + Gn <= sum) of independent gains, by fading. */
const sumLaws: Readonly<Record<string, (channel: Fading, n: number, sum: number) => number>> = {
  none: (_, n, sum) => (n <= sum ? 1 : 0),
  rayleigh: (_, n, sum) => gammaLower(n, sum),
  rician: ({ ricianK: k }, n, sum) => noncentralGammaLower(n, n * k, (k + 1) * sum),
  nakagami: ({ nakagamiM: m }, n, sum) => gammaLower(n * m, m * sum),
};

/** What comes of a message under HARQ with at most `cap` transmissions of one block each. */
export interface HarqFigures {
  readonly meanTransmissions: number;
  readonly residualLoss: number;
}

/** `failures[n - 1]`: the probability that n transmissions do not suffice. */
function harqFigures(failures: readonly number[]): HarqFigures {
  const meanTransmissions = failures.slice(0, -1).reduce((sum, failure) => sum + failure, 1);
  return { meanTransmissions, residualLoss: failures[failures.length - 1] ?? 1 };
}

/**
 * Chase combining: the gains add up until they reach theta. Their sum is a gamma law (Rayleigh, Nakagami) or
 * a noncentral chi-square law (Rician). For theta = `gainForRate` and cap >= 1. RangeError for fading
 * "trace".
 */
export function chaseFigures(channel: Fading, theta: number, cap: number): HarqFigures {
  const sumLaw = sumLaws[nameOf(channel.fading)];
  if (!sumLaw) throw new RangeError('Chase combining over a trace has no closed form');
  return harqFigures(Array.from({ length: cap }, (_, i) => sumLaw(channel, i + 1, theta)));
}

const nodes = 40;

/**
 * Incremental redundancy: the information log2(1 + gamma G) adds up until it reaches R/B (Caire and
 * Tuninetti, IEEE Trans. Information Theory 47(5), 2001). The law of the sum of n blocks by convolution,
 * F_n(c) = E[F_(n-1)(c - ln(1 + gamma G))], F held at Chebyshev points of (0, R/B ln 2); to about 1e-8 where
 * the law of a gain is smooth at 0, as Rayleigh's and Rician's are. For continuous laws and cap >= 1.
 */
export function incrementalFigures(
  law: GainLaw,
  { rateBps, bandwidthHz, snr }: { rateBps: number; bandwidthHz: number; snr: number },
  cap: number,
): HarqFigures {
  const target = (rateBps / bandwidthHz) * Math.LN2;
  const points = Array.from(
    { length: nodes },
    (_, i) => (target / 2) * (1 + Math.cos((Math.PI * (i + 0.5)) / nodes)),
  );
  const weights = points.map((_, i) => (i % 2 === 0 ? 1 : -1) * Math.sin((Math.PI * (i + 0.5)) / nodes));
  let failure = (nats: number) => law.cdf(Math.expm1(nats) / snr);
  const failures = [failure(target)];
  while (failures.length < cap) {
    const values = points.map((nats) => sumWithin(law, snr, nats, failure));
    failures.push(sumWithin(law, snr, target, failure));
    failure = (nats) => barycentric(points, weights, values, nats);
  }
  return harqFigures(failures);
}

/** E[F(nats - ln(1 + gamma G))] over the gains that leave something. */
function sumWithin(law: GainLaw, snr: number, nats: number, failure: (nats: number) => number): number {
  const most = Math.expm1(nats) / snr;
  const rest = (gain: number) => (gain < most ? failure(nats - Math.log1p(snr * gain)) : 0);
  return law.mean(rest, { breaks: [most] });
}

/** The interpolating polynomial (Berrut and Trefethen, SIAM Review 46(3), 2004). */
function barycentric(
  points: readonly number[],
  weights: readonly number[],
  values: readonly number[],
  at: number,
): number {
  let above = 0;
  let below = 0;
  for (let i = 0; i < points.length; i++) {
    const distance = at - points[i]!;
    if (distance === 0) return values[i]!;
    above += (weights[i]! / distance) * values[i]!;
    below += weights[i]! / distance;
  }
  return above / below;
}
