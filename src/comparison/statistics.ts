import type { Interval } from '../interval.js';
import { studentQuantile, studentTails } from '../student.js';
import { groupedBy } from '../grouped.js';
import { mean, sum, variance } from '../moments.js';

/** A mean with Student's 95 % interval; null where there is one value alone. */
export interface Estimate {
  readonly n: number;
  readonly mean: number;
  readonly interval: Interval | null;
}

/** Half the width of Student's 95 % interval of a mean; null of a single value, or of none. */
export function halfWidth(values: readonly number[]): number | null {
  if (values.length < 2) return null;
  return studentQuantile(values.length - 1) * Math.sqrt(variance(values, 1) / values.length);
}

/** Null of no values. */
export function estimate(values: readonly number[]): Estimate | null {
  if (values.length === 0) return null;
  const center = mean(values);
  const half = halfWidth(values);
  const interval = half === null ? null : { low: center - half, high: center + half };
  return { n: values.length, mean: center, interval };
}

/**
 * Two-sided p of Student's t-test of differences against a mean of 0 (the paired t-test, scipy.stats.ttest_rel); null
 * of fewer than two, and where all are 0. Differences that are all alike, but not 0, have p 0.
 */
export function pairedTest(differences: readonly number[]): number | null {
  if (differences.length < 2) return null;
  const center = mean(differences);
  const spread = Math.sqrt(variance(differences, 1) / differences.length);
  if (spread === 0) return center === 0 ? null : 0;
  return studentTails(center / spread, differences.length - 1);
}

/** So many differences have an exact Wilcoxon test. */
const mostExact = 25;

/**
 * Two-sided exact p of Wilcoxon's signed-rank test (Biometrics Bulletin 1, 1945). Differences of 0 are left out, and
 * equal ones have the mean of their ranks. Null where none is left, and of more than 25.
 */
export function signedRankTest(differences: readonly number[]): number | null {
  const known = differences.filter((difference) => difference !== 0);
  if (known.length === 0 || known.length > mostExact) return null;
  // Mean ranks are halves: twice a rank is whole.
  const doubled = known.map((one) => {
    const below = known.filter((other) => Math.abs(other) < Math.abs(one)).length;
    const ties = known.filter((other) => Math.abs(other) === Math.abs(one)).length;
    return 2 * below + ties + 1;
  });
  const positive = sum(doubled.filter((_, index) => known[index]! > 0));
  const ways = waysToSum(doubled);
  const least = Math.min(positive, sum(doubled) - positive);
  return Math.min(1, (2 * sum(ways.slice(0, least + 1))) / 2 ** known.length);
}

/** For each total from 0, how many subsets of the whole numbers sum up to it. */
function waysToSum(parts: readonly number[]): readonly number[] {
  const none = [1, ...new Array<number>(sum(parts)).fill(0)];
  return parts.reduce((ways, part) => ways.map((count, total) => count + (ways[total - part] ?? 0)), none);
}

/**
 * Holm's step-down adjustment of p-values for as many comparisons as there are (Scandinavian Journal of Statistics 6,
 * 1979), in their order; null stays null and is no comparison.
 */
export function holm(values: readonly (number | null)[]): readonly (number | null)[] {
  const known = values.flatMap((p, index) => (p === null ? [] : [{ p, index }])).sort((a, b) => a.p - b.p);
  const adjusted = new Array<number | null>(values.length).fill(null);
  let most = 0;
  for (const [rank, { p, index }] of known.entries()) {
    most = Math.max(most, Math.min(1, (known.length - rank) * p));
    adjusted[index] = most;
  }
  return adjusted;
}

/** A point of a plane, and in which direction each of both figures is better. */
export type Direction = 'higher' | 'lower';

/** Which points no other one beats: is at least as good as in both figures, and better in one. */
export function paretoFront(
  points: readonly (readonly [number, number])[],
  [first, second]: readonly [Direction, Direction],
): readonly boolean[] {
  const signs = [first === 'higher' ? 1 : -1, second === 'higher' ? 1 : -1] as const;
  const gains = points.map(([a, b]) => [signs[0] * a, signs[1] * b] as const);
  return gains.map(
    ([a, b]) => !gains.some(([otherA, otherB]) => otherA >= a && otherB >= b && (otherA > a || otherB > b)),
  );
}

/** The values of two repetitions with equal keys, in the order of the first. */
export function paired<K>(
  some: readonly (readonly [K, number])[],
  others: readonly (readonly [K, number])[],
): readonly (readonly [K, number, number])[] {
  const byKey = groupedBy(others, ([key]) => key);
  return some.flatMap(([key, value]) =>
    (byKey.get(key) ?? []).map(([, other]) => [key, value, other] as const),
  );
}
