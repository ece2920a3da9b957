import { mapValues } from '../../map-values.js';
import type { ParamRef, ParamSet } from './param-set.js';
import type { ParamStore } from './store.js';

/** A value that JSON expresses exactly. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * What a strategy remembers from one call to the next (decision D11): parameter sets by name, and plain JSON.
 */
export interface Memory {
  readonly sets: Readonly<Record<string, ParamSet>>;
  readonly notes: Readonly<Record<string, Json>>;
}

/** A memory as machines hold it: handles in place of tensors (decision D4). */
export interface MemoryRef {
  readonly sets: Readonly<Record<string, ParamRef>>;
  readonly notes: Readonly<Record<string, Json>>;
}

/** The memory before the first call. */
export const blank: Memory = { sets: {}, notes: {} };

export function recalled(store: ParamStore, memory: MemoryRef | undefined): Memory {
  return memory ? { ...memory, sets: mapValues(memory.sets, (ref) => store.get(ref)) } : blank;
}

export function remembered(store: ParamStore, memory: Memory): MemoryRef {
  return { ...memory, sets: mapValues(memory.sets, (set) => store.put(set)) };
}
