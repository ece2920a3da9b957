/** Added to the variance, as in TRL's masked_whiten. */
const epsilon = 1e-8;

/**
 * Scales to variance 1 by the sample variance (n − 1) and shifts to mean 0; with `shiftMean` false the mean
 * stays where it was. TRL's masked_whiten: advantages with the shift, rewards (`whitenRewards`) without. One
 * value alone becomes the mean.
 */
export function whiten(values: ArrayLike<number>, shiftMean = true): Float64Array {
  const result = Float64Array.from(values);
  const mean = result.reduce((sum, value) => sum + value, 0) / Math.max(1, result.length);
  const squares = result.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const variance = squares / Math.max(1, result.length - 1);
  const whitened = result.map((value) => (value - mean) / Math.sqrt(variance + epsilon));
  return shiftMean ? whitened : whitened.map((value) => value + mean);
}
