/*
 * What the simulated link comes to in the mean: Rayleigh block fading, gamma the mean SNR as a ratio, x =
 * |h|^2 ~ Exp(1), C = B log2(1 + gamma x). For tests and for reports; the simulation itself never uses them.
 */

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

/**
 * e^x E1(x) = 1 / (x + 1 - 1 / (x + 3 - 4 / (x + 5 - …))) (Abramowitz and Stegun 5.1.22, contracted), by
 * Lentz.
 */
function scaledE1(x: number): number {
  let b = x + 1;
  let d = 1 / b;
  let c = Infinity;
  let product = d;
  for (let k = 1; k < 1000; k++) {
    b += 2;
    d = 1 / (b - k * k * d);
    c = b - (k * k) / c;
    product *= c * d;
    if (Math.abs(c * d - 1) < 1e-15) break;
  }
  return product;
}

/** Mean of C in bits per second: B e^(1/gamma) E1(1/gamma) / ln 2. */
export function ergodicCapacityBps(bandwidthHz: number, snr: number): number {
  const x = 1 / snr;
  const scaled = x <= 1 ? Math.exp(x) * seriesE1(x) : scaledE1(x);
  return (bandwidthHz * scaled) / Math.LN2;
}

/** Standard deviation of C in bits per second; its second moment by Simpson's rule in s, x = s^2. */
export function capacityStdDevBps(bandwidthHz: number, snr: number): number {
  const intervals = 4000;
  const step = 7 / intervals;
  let sum = 0;
  for (let i = 1; i < intervals; i++) {
    const s = i * step;
    sum += (i % 2 === 0 ? 2 : 4) * Math.log1p(snr * s * s) ** 2 * Math.exp(-s * s) * 2 * s;
  }
  const secondMoment = ((sum * step) / 3) * (bandwidthHz / Math.LN2) ** 2;
  return Math.sqrt(secondMoment - ergodicCapacityBps(bandwidthHz, snr) ** 2);
}

/** Probability that a block does not carry a fixed rate R: 1 - e^(-(2^(R/B) - 1)/gamma). */
export function outageProbability(rateBps: number, bandwidthHz: number, snr: number): number {
  return -Math.expm1(-(2 ** (rateBps / bandwidthHz) - 1) / snr);
}

/**
 * Mean number of transmissions of a message that is lost with probability p each time, at most `cap` of them.
 */
export function truncatedArqMeanTransmissions(lossProbability: number, cap: number): number {
  if (lossProbability === 1) return cap;
  return (1 - lossProbability ** cap) / (1 - lossProbability);
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
