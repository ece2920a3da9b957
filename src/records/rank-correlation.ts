import { normalQuantile, type Interval } from '../interval.js';
import { studentQuantile } from '../student.js';
import { mean, variance } from '../moments.js';

/** A rank correlation with its 95 % interval; null where there are too few pairs for one. */
export interface Correlation {
  readonly rho: number;
  readonly interval: Interval | null;
}

/**
 * Spearman's rank correlation, with mean ranks for ties; null for fewer than three pairs or where one side is
 * constant.
 */
export function spearman(pairs: readonly (readonly [number, number])[]): number | null {
  if (pairs.length < 3) return null;
  const x = ranks(pairs.map(([first]) => first));
  const y = ranks(pairs.map(([, second]) => second));
  const middle = (pairs.length + 1) / 2;
  const product = (a: readonly number[], b: readonly number[]) =>
    a.reduce((sum, rank, index) => sum + (rank - middle) * (b[index]! - middle), 0);
  const spread = Math.sqrt(product(x, x) * product(y, y));
  return spread === 0 ? null : product(x, y) / spread;
}

function ranks(values: readonly number[]): number[] {
  return values.map((value) => {
    const below = values.filter((other) => other < value).length;
    const equal = values.filter((other) => other === value).length;
    return below + (equal + 1) / 2;
  });
}

/**
 * The 95 % interval of Spearman's ρ over n pairs: Fisher's z = artanh ρ is nearly normal, with variance
 * (1 + ρ²/2) / (n − 3) (Bonett and Wright, Psychometrika 65, 2000). Null for n < 4.
 */
export function spearmanInterval(rho: number, n: number): Interval | null {
  if (n < 4) return null;
  const z = fisher(rho, n);
  const half = normalQuantile * Math.sqrt((1 + rho ** 2 / 2) / (n - 3));
  return { low: Math.tanh(z - half), high: Math.tanh(z + half) };
}

/**
 * Several ρ, each over n pairs, as one: the mean of their z, back as a correlation, with the interval that
 * Student's law gives that mean; of a single ρ its own interval.
 *
 * @throws RangeError for none.
 */
export function pooledSpearman(rhos: readonly number[], n: number): Correlation {
  if (rhos.length === 1) return { rho: rhos[0]!, interval: spearmanInterval(rhos[0]!, n) };
  const zs = rhos.map((rho) => fisher(rho, n));
  const center = mean(zs);
  const half = studentQuantile(zs.length - 1) * Math.sqrt(variance(zs, 1) / zs.length);
  return {
    rho: Math.tanh(center),
    interval: { low: Math.tanh(center - half), high: Math.tanh(center + half) },
  };
}

/**
 * artanh ρ. At ±1 it is infinite and would say that nothing is uncertain: there ρ is taken half way to the
 * next ranking, which without ties is at 1 − 12 / (n (n² − 1)).
 */
function fisher(rho: number, n: number): number {
  const greatest = 1 - 6 / (n * (n ** 2 - 1));
  return Math.atanh(Math.max(-greatest, Math.min(greatest, rho)));
}
