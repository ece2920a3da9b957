/** The sum of some numbers, added up in their order; 0 of none. */
export function sum(values: ArrayLike<number>): number {
  return Array.from(values).reduce((total, value) => total + value, 0);
}

/** The mean of some numbers; NaN of none. */
export function mean(values: ArrayLike<number>): number {
  return sum(values) / values.length;
}

/** The mean of some numbers; null of none, for records. */
export function meanOrNull(values: ArrayLike<number>): number | null {
  return values.length === 0 ? null : mean(values);
}

/** The population variance of some numbers, or with `lost` 1 the sample variance; NaN of no more than `lost`. */
export function variance(values: ArrayLike<number>, lost: 0 | 1 = 0): number {
  const center = mean(values);
  return sum(Array.from(values, (value) => (value - center) ** 2)) / (values.length - lost);
}
