import { stream, type Stream } from '../../simulation/random/stream.js';
import { made } from '../../strategies/strategy.js';
import { partAt } from '../data/partition.js';
import { sum } from '../../moments.js';
import type { Data } from '../data/settings.js';
import type { Model } from '../model/settings.js';
import { speedOf, type Computer } from './processor.js';
import type { Clients, Device } from './settings.js';
import { slowdowns } from './slowdowns/index.js';
import { greatest } from '../../extremes.js';

/** The device of a client: a keyed draw from the scenario's classes by their shares. */
export function dealDevice(devices: readonly Device[], seed: number, client: string): Device {
  const shares = devices.map(({ share }) => share);
  const total = sum(shares);
  const drawn = stream(seed, 'device', client).uniform() * total;
  return devices[partAt(shares, drawn)]!;
}

/** How many times as long as it should a training task takes on a device, by the draws of the task. */
export function slowdownOf({ slowdown }: Pick<Device, 'slowdown'>, draw: () => Stream): number {
  return slowdown === 'none' ? 1 : made(slowdowns, slowdown, {})(draw());
}

/** What Step 1.2 goes by. */
export interface Resources {
  readonly model: Model;
  readonly data: Data;
  readonly clients: Pick<Clients, 'devices'>;
}

/** LoRA modules that a client trains, each of this rank. */
export interface LoraSize {
  readonly modules: number;
  readonly rank: number;
}

/**
 * Step 1.2: how many LoRA modules a client trains, "based on the data volume or computational resource": from
 * `minModules` to `maxModules` by the mean of two shares, its rows against twice the scenario's mean and its
 * speed against the fastest device of the scenario. Their rank goes from `minRank`, where there is one, to r by the
 * same mean.
 */
export function designedLora(scenario: Resources, rows: number, device: Computer): LoraSize {
  const { minModules, maxModules, r, minRank } = scenario.model.lora;
  const fastest = greatest(scenario.clients.devices.map(speedOf));
  const volume = Math.min(1, rows / (2 * scenario.data.examplesPerClient));
  const speed = speedOf(device) / fastest;
  const between = (least: number, most: number) =>
    least + Math.round(((most - least) * (volume + speed)) / 2);
  return { modules: between(minModules, maxModules), rank: between(minRank ?? r, r) };
}
