import { greatest, least } from '../extremes.js';

/** What is known of a study's runs, for saying how long the rest takes. Times are real seconds. */
export interface Pace {
  /** Of the runs that ended here, whichever way but interrupted, with the points that they belong to. */
  readonly ended: readonly { readonly point: string; readonly seconds: number }[];
  /** Of those at work, each in a place of its own: here, or in other processes that share the folder. */
  readonly working: readonly { readonly point: string; readonly seconds: number }[];
  /** Points of those that wait, in their order. */
  readonly waiting: readonly string[];
  /** Runs at a time, here and elsewhere. */
  readonly places: number;
}

/**
 * Real seconds until the last run ends; null where no run has ended yet, of which one could know. A run is expected to
 * take as long as those of its point took on average, else as all did; the runs that wait go, in their order, to the
 * place that is free first. A run at work that has taken longer already is expected to end now.
 */
export function secondsLeft({ ended, working, waiting, places }: Pace): number | null {
  if (ended.length === 0) return working.length + waiting.length === 0 ? 0 : null;
  const expected = (point: string) =>
    mean(ended.filter((run) => run.point === point).map(({ seconds }) => seconds)) ??
    mean(ended.map(({ seconds }) => seconds))!;
  const free = working.map(({ point, seconds }) => Math.max(0, expected(point) - seconds));
  while (free.length < places) free.push(0);
  for (const point of waiting) {
    const first = free.indexOf(least(free));
    free[first] = free[first]! + expected(point);
  }
  return greatest([0, ...free]);
}

function mean(numbers: readonly number[]): number | null {
  return numbers.length === 0 ? null : numbers.reduce((sum, each) => sum + each, 0) / numbers.length;
}
