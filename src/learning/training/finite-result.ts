import { nonFiniteIn } from '../params/finite.js';
import { setsIn } from '../params/sets-in.js';
import { namedFigures } from './figure.js';
import type { TaskResult } from './task.js';

/** The first number of a result that is NaN or infinite, in words; null where all are finite or not measured. */
export function nonFiniteOf({ metrics, output }: TaskResult): string | null {
  const figure = namedFigures(metrics).find(([, value]) => value !== null && !Number.isFinite(value));
  if (figure) return `${figure[0]} is ${figure[1]}`;
  for (const set of setsIn(output)) {
    const found = nonFiniteIn(set);
    if (found !== null) return found;
  }
  return null;
}
