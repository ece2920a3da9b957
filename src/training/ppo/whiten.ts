/** Added to the variance, as in TRL's masked_whiten. */
const epsilon = 1e-8;

/**
 * Shifts to mean 0 and scales to variance 1 by the sample variance (n − 1, as TRL); one value alone becomes
 * 0.
 */
export function whiten(values: ArrayLike<number>): Float64Array {
  const result = Float64Array.from(values);
  const mean = result.reduce((sum, value) => sum + value, 0) / Math.max(1, result.length);
  const squares = result.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const variance = squares / Math.max(1, result.length - 1);
  return result.map((value) => (value - mean) / Math.sqrt(variance + epsilon));
}
