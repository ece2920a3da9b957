import { updatesOf, type SharedPart, type Stage } from '../../machines/protocol.js';
import type { ServerContext } from '../../machines/server.js';
import { designedModules } from '../learning/clients/device.js';
import { secondsFor, type Computer } from '../learning/clients/processor.js';
import { alignFlops, freezeFlops, instructFlops, rewardFlops } from '../learning/clients/workload.js';
import { loraParameters, loraSites } from '../learning/model/lora.js';
import { sum } from '../moments.js';
import type { Candidate } from '../strategies/allocation/allocation.js';
import { fillsLoraSites, trainedParts } from '../strategies/methods/method.js';
import { codecFlops } from './codec-flops.js';
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
    uploadBits: sum(kinds.map((kind) => bitsOf(world, opening, id, carriedBy(kind, world.method)))),
    computeSeconds:
      (world.slowness.get(id) ?? 1) *
      secondsFor(flopsOf(world, opening, id) + encodingFlops(world, opening, id), atFullClock(device)),
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

function bitsOf(world: World, { global }: Opening, id: string, parts: readonly SharedPart[]): number {
  const { codecOf, scenario, store } = world;
  return parts.reduce((bits, part) => {
    const ref = global[part];
    const parameters = part === 'lora' ? loraOf(world, id) : (ref?.parameters ?? 0);
    return bits + codecOf('uplink', part).expectedBits(parameters, ref ? store.get(ref).tensors : []);
  }, scenario.channel.headerBits);
}

/** Of the updates that answer the order. */
function encodingFlops(world: World, { stage, global }: Opening, id: string): number {
  return codecFlops(world, stage, { ...global, lora: { parameters: loraOf(world, id) } });
}

/** Parameters of its LoRA (Step 1.2). */
function loraOf(world: World, id: string): number {
  const { scenario, method, shape } = world;
  const { data, device } = clientOf(world, id);
  if (!trainedParts(method).includes('lora')) return 0;
  const modules = fillsLoraSites(method)
    ? loraSites(shape.config, shape.lora.targets).length
    : designedModules(scenario, data.train.length, device);
  return loraParameters(shape, modules);
}

/** What the work on a version takes, Step 3.1 before the first of stage 3 included. */
function flopsOf(world: World, { stage, version, global }: Opening, id: string): number {
  const { scenario, shape } = world;
  const { rewards } = world.method;
  const { tables, trainingWeights } = clientOf(world, id);
  const trained = (global.adapters?.parameters ?? 0) + loraOf(world, id);
  if (stage === 'instruction') return instructFlops(scenario, shape, trained, tables);
  if (stage === 'reward') return rewardFlops(scenario, shape, tables, rewards);
  const { promptsPerRound } = scenario.alignment;
  const aligned = alignFlops({ scenario, shape, trained, tables, rewards, weights: trainingWeights });
  const isFirst = version === 0;
  return aligned + (isFirst ? freezeFlops(scenario, shape, rewards, tables.prompts, 2 * promptsPerRound) : 0);
}
