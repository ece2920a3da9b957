import type { GainLaw } from '../fading/fading.js';
import { integrate } from '../quadrature.js';
import type { BlockLaw } from '../rate-policies/block-law.js';
import { noncentralGammaDensity } from '../special-functions.js';
import type { Knowledge } from './knowledge.js';

/**
 * E[f(estimate) | gain] by quadrature to 1e-9; f may jump at `breaks`. Given the gain g the estimate is
 * (1 - rho^2)/2 times a noncentral chi-square variable of 2 `antennas` degrees of freedom and noncentrality
 * 2 rho^2 g / (1 - rho^2).
 */
export function meanOfEstimate(
  gain: number,
  { correlation, antennas }: Pick<Knowledge, 'correlation' | 'antennas'>,
  f: (estimate: number) => number,
  breaks: readonly number[],
): number {
  const variance = 1 - correlation * correlation;
  if (!(variance > 0)) return f(gain);
  const lambda = (correlation * correlation * gain) / variance;
  // Beyond lies less than e^-40 of the law.
  const spread = Math.sqrt(antennas) + Math.sqrt(40);
  const from = Math.max(0, Math.sqrt(lambda) - spread) ** 2;
  const to = (Math.sqrt(lambda) + spread) ** 2;
  const cuts = [from, lambda, to, ...breaks.map((estimate) => estimate / variance)]
    .filter((cut) => cut >= from && cut <= to)
    .sort((a, b) => a - b);
  return cuts.slice(1).reduce((sum, end, i) => {
    const start = cuts[i]!;
    // Rounding, here or in f, must not carry a point over the jump at an end: 0 within would never converge.
    const within = (x: number) => Math.min(Math.max(x, start * (1 + 1e-10)), end * (1 - 1e-10));
    const weighted = (x: number) => f(variance * within(x)) * noncentralGammaDensity(antennas, lambda, x);
    return sum + integrate(weighted, start, end, 1e-9);
  }, 0);
}

/** The law of the estimate itself: what an inverting sender takes for the law of its gain. */
export function lawOfEstimate(law: GainLaw, knowledge: Knowledge | null): BlockLaw {
  if (knowledge === null || knowledge.correlation === 1) return law;
  return {
    mean: (f, { above = 0, breaks = [] } = {}) => {
      const from = (estimate: number) => (estimate >= above ? f(estimate) : 0);
      const given = (gain: number) => meanOfEstimate(gain, knowledge, from, [above, ...breaks]);
      return law.mean(given, { tolerance: 1e-7 });
    },
  };
}
