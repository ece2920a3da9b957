/*
 * What the simulated link comes to in the mean, for tests and for reports; the simulation itself never uses
 * it. First Rayleigh block fading, in closed form: gamma the mean SNR as a ratio (`snr`), x = |h|^2 ~ Exp(1),
 * C = B log2(1 + gamma x), theta = (2^(R/B) - 1)/gamma the gain that carries the rate R. Then any law of
 * gains, by quadrature. Textbooks: Goldsmith, Wireless Communications (2005), chapter 4; Tse and Viswanath,
 * Fundamentals of Wireless Communication (2005), chapter 5.
 */

import type { GainLaw } from './fading/fading.js';
import { capacityBps } from './rate.js';
import { gammaTail, lambertW } from './special-functions.js';

const eulerGamma = 0.5772156649015329;

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

/** e^x E1(x), which neither overflows nor underflows: by a series up to 1, a continued fraction above. */
export function exponentialIntegralScaled(x: number): number {
  return x <= 1 ? Math.exp(x) * seriesE1(x) : gammaTail(0, x, 1e-15);
}

/** Mean of C in bits per second: B e^(1/gamma) E1(1/gamma) / ln 2. */
export function ergodicCapacityBps(bandwidthHz: number, snr: number): number {
  return (bandwidthHz * exponentialIntegralScaled(1 / snr)) / Math.LN2;
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

/**
 * Mean of C in bits per second under any law of gains; of the blocks with a gain of at least `above` only.
 */
export function ergodicBps(law: GainLaw, snr: number, bandwidthHz: number, above = 0): number {
  return law.mean((gain) => capacityBps(bandwidthHz, snr, gain), { above });
}

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
 * Chase combining: the gains add up until they reach theta = `gainForRate`, by the law of their sum. For cap
 * >= 1. RangeError where the gains have no such law.
 */
export function chaseFigures(law: GainLaw, theta: number, cap: number): HarqFigures {
  const { sum } = law;
  if (!sum) throw new RangeError('Chase combining has no closed form: the gains have no law of their sum');
  return harqFigures(Array.from({ length: cap }, (_, i) => sum(i + 1).cdf(theta)));
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
