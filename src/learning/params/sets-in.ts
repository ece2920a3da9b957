import type { ParamSet } from './param-set.js';

/** All parameter sets in something, however deep they stand, in its order. */
export function setsIn(slot: unknown): readonly ParamSet[] {
  if (typeof slot !== 'object' || slot === null) return [];
  return isSet(slot) ? [slot] : Object.values(slot).flatMap(setsIn);
}

export function isSet(slot: unknown): slot is ParamSet {
  return typeof slot === 'object' && slot !== null && 'values' in slot && slot.values instanceof Float32Array;
}
