import jstat from 'jstat';

/** A 95 % confidence interval. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** The normal quantile of 97.5 %. */
export const normalQuantile = 1.959963984540054;

/**
 * Wilson's score interval of a probability of which `share` of `trials` >= 1 were hits (JASA 22, 1927, p. 209):
 * sound at 0 and at 1.
 */
export function wilson(share: number, trials: number): Interval {
  const z = normalQuantile;
  const widened = 1 + z ** 2 / trials;
  const middle = (share + z ** 2 / (2 * trials)) / widened;
  const half = (z * Math.sqrt((share * (1 - share)) / trials + z ** 2 / (4 * trials ** 2))) / widened;
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}

/** Student's quantile of 97.5 %, by degrees of freedom >= 1, to 1e-7 of itself (jstat). */
export function studentQuantile(degrees: number): number {
  return jstat.jStat.studentt.inv(0.975, degrees);
}

/**
 * How likely Student's t of so many degrees of freedom is at least as far from 0 as `t`, on either side:
 * I_x(d/2, 1/2) at x = d/(d + t²) (Abramowitz and Stegun 26.7.1). To 1e-7 of itself, in the far tails too.
 */
export function studentTails(t: number, degrees: number): number {
  return jstat.jStat.ibeta(degrees / (degrees + t ** 2), degrees / 2, 0.5);
}
