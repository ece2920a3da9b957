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
