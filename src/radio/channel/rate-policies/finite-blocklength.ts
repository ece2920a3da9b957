import { capacityBps } from '../rate.js';
import { normalTailQuantile } from '../special-functions.js';
import type { Code } from './code.js';
import type { RatePolicyMaker } from './rate-policy.js';

/**
 * Bits per channel use at the ratio gamma by the normal approximation (Polyanskiy, Poor and Verdú, Channel coding
 * rate in the finite blocklength regime, IEEE Trans. Inf. Theory 56(5), 2010): C - sqrt(V/n) Q^-1(epsilon) +
 * log2(n)/(2n), with C = log2(1 + gamma) and the dispersion V = (1 - (1 + gamma)^-2) log2(e)^2 of complex Gaussian noise.
 */
export function normalApproximation({ channelUses: n, errorRate }: Code): (ratio: number) => number {
  const backOff = normalTailQuantile(errorRate) / Math.sqrt(n) / Math.LN2;
  const gained = Math.log2(n) / (2 * n);
  return (ratio) => {
    const nats = Math.log1p(ratio);
    return nats / Math.LN2 - backOff * Math.sqrt(-Math.expm1(-2 * nats)) + gained;
  };
}

/**
 * The least ratio that is used. In u = ln(1 + gamma) the rate is u - a sqrt(1 - e^(-2u)) + b, which is convex: it is
 * least where (1 + gamma)^2 = (1 + sqrt(1 + 4 a^2)) / 2, and the rates that it has below, the greater the less
 * is heard, mean nothing. From there on it rises, through 0 if it is not above: by bisection.
 */
export function leastRatio(code: Code): number {
  const rate = normalApproximation(code);
  const a = normalTailQuantile(code.errorRate) / Math.sqrt(code.channelUses);
  let low = Math.expm1(Math.log((1 + Math.sqrt(1 + 4 * a * a)) / 2) / 2);
  if (rate(low) > 0) return low;
  let high = Math.max(low, Number.MIN_VALUE);
  while (!(rate(high) > 0)) high = 2 * high + 1e-9;
  for (let step = 0; step < 100; step++) {
    const middle = (low + high) / 2;
    if (rate(middle) > 0) high = middle;
    else low = middle;
  }
  return high;
}

/**
 * Codewords of `codewordChannelUses` at the rate that leaves each of them an error probability of
 * `blockErrorRate`, by the normal approximation at the ratio of the block; constant power, silent where that
 * rate is not above 0. Never above Shannon's rate, which the approximation passes at low ratios where the
 * error probability is large.
 */
export const finiteBlocklength: RatePolicyMaker = (settings, bandwidthHz) => {
  const code = { channelUses: settings.codewordChannelUses, errorRate: settings.blockErrorRate };
  const rate = normalApproximation(code);
  const least = leastRatio(code);
  const rateBps = (gain: number, snr: number) =>
    gain * snr >= least ? Math.min(bandwidthHz * rate(gain * snr), capacityBps(bandwidthHz, snr, gain)) : 0;
  return {
    rateBps,
    powerRatio: (gain, snr) => (rateBps(gain, snr) > 0 ? 1 : 0),
    carriesBps: rateBps,
    adaptive: true,
    code,
    breaks: (snr) => [least / snr],
  };
};
