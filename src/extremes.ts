/*
 * Math.max(...values) passes every value as an argument, and overflows the stack from some 120,000 on: a
 * user's rows are that many.
 */

/** The greatest value, -Infinity where there is none. */
export function greatest(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), -Infinity);
}

/** The least value, Infinity where there is none. */
export function least(values: readonly number[]): number {
  return values.reduce((fewest, value) => Math.min(fewest, value), Infinity);
}
