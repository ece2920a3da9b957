import jstat from 'jstat';

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
