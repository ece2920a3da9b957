import type { ClientContext } from '../../machines/client.js';
import type { Memories, Unsettled } from '../../machines/events.js';
import { mapValues } from '../map-values.js';
import type { ParamRef } from '../learning/params/param-set.js';
import type { Hashes, Kept, KeptChange, UnsettledHashes } from '../records/state-events.js';
import type { World } from './world.js';

/*
 * What the run tells of the parameters of server and clients, by their hashes (src/records/state-events.ts).
 */

type Keeping = Pick<ClientContext, 'model' | 'frozen' | 'memory' | 'residuals'>;

/** Tells what a client keeps now, and what has changed it. */
export function tellKept(
  { clock, events }: Pick<World, 'clock' | 'events'>,
  client: Keeping & Pick<ClientContext, 'id'>,
  change: KeptChange,
): void {
  const { nowSeconds: virtualSeconds } = clock;
  events.tell({ type: 'kept', actor: client.id, change, kept: keptOf(client), virtualSeconds });
}

export function hashesOf(refs: Readonly<Record<string, ParamRef | null>>): Hashes {
  return mapValues(refs, (ref) => ref?.hash ?? null);
}

export function unsettledHashes({ memory, delivered, dropped }: Unsettled): UnsettledHashes {
  return { memory: textsOf(memory), delivered: hashesOf(delivered), dropped: hashesOf(dropped) };
}

function keptOf({ model, frozen, memory, residuals }: Keeping): Kept {
  return {
    model: hashesOf(model),
    frozen: frozen && {
      reference: hashesOf(frozen.reference),
      rewardModels: hashesOf(frozen.rewardModels),
    },
    memory: textsOf(memory),
    residuals: hashesOf(residuals),
  };
}

function textsOf(memories: Memories): Kept['memory'] {
  return mapValues(memories, ({ sets, notes }) => JSON.stringify([hashesOf(sets), notes]));
}
