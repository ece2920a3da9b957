import { mapValues } from '../../../map-values.js';
import { paramSet, tensorsOf, type ParamSet } from '../../params/param-set.js';
import type { AttackStrategy } from './attack.js';

/** Sends NaN as the first value of each part: one of them in a mean is enough to make all of it NaN. */
export const notFinite: AttackStrategy = {
  name: 'not-finite',
  description: 'sends NaN as the first value of each part of its update',
  make: () => ({ lie: ({ parts }) => ({ parts: mapValues(parts, withNaN) }) }),
};

function withNaN({ kind, tensors, values }: ParamSet): ParamSet {
  const set = paramSet(kind, [...tensorsOf({ kind, tensors, values })]);
  if (set.values.length > 0) set.values[0] = NaN;
  return set;
}
