import type { CodecState, Residuals, TensorNames, Unsettled } from '../../machines/events.js';
import { paramSet, tensorsOf, type ParamRef } from '../learning/params/param-set.js';
import type { ParamStore } from '../learning/params/store.js';
import { byName } from '../strategies/aggregation/deltas.js';
import { combined } from '../strategies/compression/travel.js';

/** What a sender knows of a message's end; `arrived` are tensors of one that did not arrive whole. */
export interface Known {
  readonly acknowledged: boolean;
  readonly arrived?: TensorNames;
}

/**
 * What a sender keeps of its codecs once a message has come to its end (decision D12). Memories are true with the
 * delivery; what the message owes then is added to what others owe, which were sent or given up in the meantime. Of a
 * message that arrived in part, tensors that did owe what a delivered one owes, and nothing is remembered.
 */
export function settled(
  store: ParamStore,
  { memory, residuals }: CodecState,
  unsettled: Unsettled,
  { acknowledged, arrived = {} }: Known,
): CodecState {
  return {
    memory: acknowledged ? { ...memory, ...unsettled.memory } : memory,
    residuals: sums(store, residuals, acknowledged ? unsettled.delivered : owedBy(store, unsettled, arrived)),
  };
}

function owedBy(store: ParamStore, { delivered, dropped }: Unsettled, arrived: TensorNames): Residuals {
  const owed = Object.entries(dropped).map(([part, ref]) => {
    const names = arrived[part] ?? [];
    return [part, names.length === 0 ? ref : mixed(store, ref, delivered[part]!, names)] as const;
  });
  return Object.fromEntries(owed);
}

/** The set of `ref`, but these tensors, which are those of `other`. */
function mixed(store: ParamStore, ref: ParamRef, other: ParamRef, names: readonly string[]): ParamRef {
  const set = store.get(ref);
  const others = byName(store.get(other));
  const tensors = [...tensorsOf(set)].map((tensor) =>
    names.includes(tensor.name) ? others.get(tensor.name)! : tensor,
  );
  return store.put(paramSet(set.kind, tensors));
}

function sums(store: ParamStore, residuals: Residuals, more: Residuals): Residuals {
  const added = Object.entries(more).map(([part, ref]) => {
    const before = residuals[part];
    return [part, before ? store.put(combined(store.get(before), store.get(ref), 1)) : ref] as const;
  });
  return { ...residuals, ...Object.fromEntries(added) };
}
