import type { Message, Upload } from '../../machines/events.js';
import { paramSet, tensorsOf, type ParamRef } from '../learning/params/param-set.js';
import type { ParamStore } from '../learning/params/store.js';
import type { PacketsAfter } from '../radio/channel/retransmission/packets-after.js';
import type { Scenario } from '../scenario/schema.js';
import type { PartOfUpdate } from '../simulation/bus/bus.js';
import { enough, namesByPart, wholeTensors } from '../strategies/partial/arrived.js';

/** What can be used of a message that is given up, by the packets that came; null: nothing. */
export type PartOf = (
  message: Message,
  packets: Pick<PacketsAfter, 'missing' | 'unacknowledged'>,
) => PartOfUpdate | null;

/** By the scenario's `server.partial`, of an update whose tensors stand by themselves. */
export function partOfUpdate({ server, channel: { headerBits, packetBits } }: Scenario): PartOf {
  return (message, { missing, unacknowledged }) => {
    const layout = message.direction === 'up' ? message.layout : undefined;
    if (!layout || server.partial === null || packetBits === null) return null;
    const { leastShare } = server.partial;
    const without = (packets: readonly number[]) =>
      enough(wholeTensors(layout, { headerBits, packetBits }, packets), layout, leastShare);
    const arrived = without(missing);
    return arrived.length === 0 ? null : { arrived, acknowledged: without(unacknowledged) };
  };
}

/** The update with those of its tensors that arrived, in the order of the model. */
export function reduced(store: ParamStore, upload: Upload, { arrived }: PartOfUpdate): Upload {
  const names = namesByPart(arrived);
  const params = Object.entries(upload.params).flatMap(([part, ref]) => {
    const own = names[part];
    return own ? [[part, withTensors(store, ref, own)] as const] : [];
  });
  return { ...upload, params: Object.fromEntries(params) };
}

function withTensors(store: ParamStore, ref: ParamRef, names: readonly string[]): ParamRef {
  if (names.length === ref.tensors.length) return ref;
  const set = store.get(ref);
  return store.put(
    paramSet(
      set.kind,
      [...tensorsOf(set)].filter(({ name }) => names.includes(name)),
    ),
  );
}
