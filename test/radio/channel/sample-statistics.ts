import assert from 'node:assert/strict';

export interface SampleStatistics {
  readonly count: number;
  readonly mean: number;
  readonly sd: number;
}

/** Count, mean and standard deviation of so many draws. */
export function statisticsOf(count: number, draw: (i: number) => number): SampleStatistics {
  return statistics(Float64Array.from({ length: count }, (_, i) => draw(i)));
}

export function statistics(values: Float64Array): SampleStatistics {
  const count = values.length;
  const mean = values.reduce((sum, x) => sum + x, 0) / count;
  const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (count - 1);
  return { count, mean, sd: Math.sqrt(variance) };
}

/** Within three standard errors; `sd` is that of one draw, the sample's own unless given. */
export function assertMean(found: SampleStatistics, expected: number, sd = found.sd): void {
  const error = sd / Math.sqrt(found.count);
  assert.ok(
    Math.abs(found.mean - expected) <= 3 * error,
    `${found.mean} instead of ${expected}, standard error ${error}`,
  );
}

/** Within three standard errors of draws that are about normal: sd / sqrt(2 n). */
export function assertSd(found: SampleStatistics, expected: number): void {
  const error = expected / Math.sqrt(2 * found.count);
  assert.ok(
    Math.abs(found.sd - expected) <= 3 * error,
    `deviation ${found.sd} instead of ${expected}, standard error ${error}`,
  );
}

/** Largest distance between the empirical distributions of two samples (Kolmogorov and Smirnov). */
export function distanceBetween(one: Float64Array, other: Float64Array): number {
  const [a, b] = [one.slice().sort(), other.slice().sort()];
  let distance = 0;
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    const x = Math.min(a[i]!, b[j]!);
    while (i < a.length && a[i]! <= x) i++;
    while (j < b.length && b[j]! <= x) j++;
    distance = Math.max(distance, Math.abs(i / a.length - j / b.length));
  }
  return distance;
}

/** Two samples of one law are nearer in 999 of 1000 cases: sqrt(-ln(0.0005) / 2) sqrt((n + m) / (n m)). */
export function criticalDistance(n: number, m: number): number {
  return Math.sqrt(-Math.log(0.0005) / 2) * Math.sqrt((n + m) / (n * m));
}
