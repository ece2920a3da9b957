import { mean, variance } from '../../../moments.js';

/** Added to the variance, as in TRL's masked_whiten. */
const epsilon = 1e-8;

/**
 * Scales to variance 1 by the sample variance (n − 1) and shifts to mean 0; with `shiftMean` false the mean
 * stays where it was. TRL's masked_whiten: advantages with the shift, rewards (`whitenRewards`) without. One
 * value alone becomes the mean; of none there are none.
 */
export function whiten(values: ArrayLike<number>, shiftMean = true): Float64Array {
  const result = Float64Array.from(values);
  if (result.length === 0) return result;
  const center = mean(result);
  const deviation = Math.sqrt((result.length === 1 ? 0 : variance(result, 1)) + epsilon);
  const whitened = result.map((value) => (value - center) / deviation);
  return shiftMean ? whitened : whitened.map((value) => value + center);
}
