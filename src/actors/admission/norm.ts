import { byName } from '../../strategies/aggregation/deltas.js';
import { tensorsOf } from '../../learning/params/param-set.js';
import type { Arrived, Check, Expected } from './check.js';

/** The change that it makes is no longer than `server.maxUpdateNorm`, where that is a number. */
export const plausibleNorm: Check = {
  name: 'norm',
  readsValues: true,
  of: (update, expected) => {
    if (expected.maxNorm === null) return null;
    const norm = normOf(update, expected);
    return norm <= expected.maxNorm ? null : tooLong(norm, expected.maxNorm);
  },
};

export const tooLong = (norm: number, most: number) =>
  `the norm of its change is ${norm.toPrecision(4)}, ${most.toPrecision(4)} at most`;

/** Euclidean norm of what an update changes of what its work began with, over all of its parts. */
export function normOf({ sets }: Pick<Arrived, 'sets'>, { starts }: Pick<Expected, 'starts'>): number {
  let squares = 0;
  for (const [part, set] of Object.entries(sets)) {
    const before = byName(starts[part]);
    for (const { name, values } of tensorsOf(set)) {
      const start = before.get(name)?.values;
      for (let i = 0; i < values.length; i++) squares += (values[i]! - (start?.[i] ?? 0)) ** 2;
    }
  }
  return Math.sqrt(squares);
}
