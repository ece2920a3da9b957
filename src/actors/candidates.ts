import { updatesOf, type Stage, type UploadKind } from '../../machines/protocol.js';
import type { ServerContext } from '../../machines/server.js';
import { secondsFor, type Computer } from '../learning/clients/processor.js';
import { parametersIn } from '../learning/params/param-set.js';
import { mapValues } from '../map-values.js';
import { sum } from '../moments.js';
import type { Candidate } from '../strategies/allocation/allocation.js';
import { codecFlops } from './codec-flops.js';
import { orderFlops, tunedTensors } from './order-flops.js';
import { carriedBy } from './parts.js';
import { rowsBehind } from './rows.js';
import { clientOf, type World } from './world.js';

type Opening = { readonly stage: Stage } & Pick<ServerContext, 'version' | 'global'>;

/**
 * What the server knows of a client's work on a version: its mean channel now, what it will compute and send, and its
 * device. It knows no slowdown that is drawn, and no fading.
 */
export function candidateOf(world: World, opening: Opening, id: string): Candidate {
  const client = clientOf(world, id);
  const { device } = client;
  const uplink = world.links.of(`${id}/uplink`);
  const { bandwidthHz, powerWatts, transmitter, snr, law } = uplink;
  const kinds = updatesOf(opening.stage, world.method.rewards);
  return {
    client: id,
    uploadBits: sum(kinds.map((kind) => bitsOf(world, opening, id, kind))),
    computeSeconds:
      (world.slowness.get(id) ?? 1) *
      secondsFor(orderFlops(world, opening, id) + encodingFlops(world, opening, id), atFullClock(device)),
    clock: device.processor,
    maxPowerWatts: powerWatts,
    ...transmitter,
    // Several antennas, or a trace, have a mean gain other than 1.
    gainHzPerWatt:
      (law.mean((gain) => gain) * snr.ratioAt(world.clock.nowSeconds) * bandwidthHz) / powerWatts,
    rows: sum(kinds.map((kind) => rowsBehind(world, kind, client))),
  };
}

function atFullClock({ gigaflopsPerSecond, processor }: Computer): Computer {
  return { gigaflopsPerSecond, processor: processor && { ...processor, frequencyHz: null } };
}

function bitsOf(world: World, { version, global }: Opening, id: string, kind: UploadKind): number {
  const { codecOf, scenario, store } = world;
  const tuned = tunedTensors(world, id);
  return carriedBy(world, kind, version + 1).reduce((bits, part) => {
    const ref = global[part];
    const tensors = tuned[part] ?? (ref ? store.get(ref).tensors : []);
    return bits + codecOf('uplink', part).expectedBits(parametersIn(tensors), tensors);
  }, scenario.channel.headerBits);
}

/** Of the updates that answer the order. */
function encodingFlops(world: World, { stage, version, global }: Opening, id: string): number {
  const tuned = mapValues(tunedTensors(world, id), (tensors) => ({ parameters: parametersIn(tensors) }));
  return codecFlops(world, stage, version + 1, { ...global, ...tuned });
}
