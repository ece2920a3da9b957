import type { CodecState, Residuals, Unsettled } from '../../machines/events.js';
import type { ParamStore } from '../learning/params/store.js';
import { combined } from '../strategies/compression/travel.js';

/**
 * What a sender keeps of its codecs once a message has come to its end (decision D12). Memories are true with the
 * delivery; what the message owes then is added to what others owe, which were sent or given up in the meantime.
 */
export function settled(
  store: ParamStore,
  { memory, residuals }: CodecState,
  unsettled: Unsettled,
  isDelivered: boolean,
): CodecState {
  return {
    memory: isDelivered ? { ...memory, ...unsettled.memory } : memory,
    residuals: sums(store, residuals, isDelivered ? unsettled.delivered : unsettled.dropped),
  };
}

function sums(store: ParamStore, residuals: Residuals, more: Residuals): Residuals {
  const added = Object.entries(more).map(([part, ref]) => {
    const before = residuals[part];
    return [part, before ? store.put(combined(store.get(before), store.get(ref), 1)) : ref] as const;
  });
  return { ...residuals, ...Object.fromEntries(added) };
}
