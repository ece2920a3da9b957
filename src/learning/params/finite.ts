import { tensorsOf, type ParamSet } from './param-set.js';

/** Index of the first value that is NaN or infinite; -1 where there is none. */
export function firstNonFinite(values: Float32Array): number {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i]!)) return i;
  return -1;
}

/** What the first value of a set that is NaN or infinite is, and where it stands; null where all are finite. */
export function nonFiniteIn(set: ParamSet): string | null {
  if (firstNonFinite(set.values) < 0) return null;
  for (const { name, values } of tensorsOf(set)) {
    const index = firstNonFinite(values);
    if (index >= 0) return `${set.kind} tensor ${name} is ${values[index]} at index ${index}`;
  }
  return null;
}

/** Of no values 0. */
export function greatestMagnitude(values: Float32Array): number {
  let greatest = 0;
  for (const value of values) greatest = Math.max(greatest, Math.abs(value));
  return greatest;
}
