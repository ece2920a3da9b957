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

/**
 * Student's quantile of 97.5 % (Abramowitz and Stegun 26.7.5): to 1 % from 3 degrees of freedom on; exact
 * for 1 and 2.
 */
export function studentQuantile(degrees: number): number {
  const z = normalQuantile;
  if (degrees === 1) return 12.706204736;
  if (degrees === 2) return 4.30265273;
  return (
    z +
    (z ** 3 + z) / (4 * degrees) +
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * degrees ** 2) +
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / (384 * degrees ** 3)
  );
}
