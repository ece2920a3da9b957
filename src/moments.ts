/*
 * What nothing was measured on is null, never NaN: a NaN comes only of numbers that hold one, and so always
 * tells of a calculation that failed.
 */

/** The sum of some numbers, added up in their order; 0 of none. */
export function sum(values: ArrayLike<number>): number {
  return Array.from(values).reduce((total, value) => total + value, 0);
}

/** The mean of some numbers, at least one; else a RangeError. */
export function mean(values: ArrayLike<number>): number {
  return required(meanOrNull(values), 'mean', values);
}

/** The mean of some numbers; null of none. */
export function meanOrNull(values: ArrayLike<number>): number | null {
  return ratioOrNull(sum(values), values.length);
}

/**
 * The population variance of some numbers, or with `lost` 1 the sample variance, of more than `lost`; else a
 * RangeError.
 */
export function variance(values: ArrayLike<number>, lost: 0 | 1 = 0): number {
  return required(varianceOrNull(values, lost), 'variance', values);
}

/** The same; null of no more than `lost` numbers. */
export function varianceOrNull(values: ArrayLike<number>, lost: 0 | 1 = 0): number | null {
  if (values.length <= lost) return null;
  const center = mean(values);
  return sum(Array.from(values, (value) => (value - center) ** 2)) / (values.length - lost);
}

/** part / whole; null where the whole is 0. */
export function ratioOrNull(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

function required(moment: number | null, name: string, { length }: ArrayLike<number>): number {
  if (moment === null) throw new RangeError(`${name} of ${length} numbers, expected more`);
  return moment;
}
