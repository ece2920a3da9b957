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
export function slowdownOf({ slowdown }: Pick<Device, 'slowdown'>, draw: Stream): number {
  return made(slowdowns, slowdown, {})(draw);
}

/** What Step 1.2 goes by. */
export interface Resources {
  readonly model: Model;
  readonly data: Data;
  readonly clients: Pick<Clients, 'devices'>;
}

/**
 * Step 1.2: how many LoRA modules a client trains, "based on the data volume or computational resource": from
 * `minModules` to `maxModules` by the mean of two shares, its rows against twice the scenario's mean and its
 * speed against the fastest device of the scenario.
 */
export function designedModules(scenario: Resources, rows: number, device: Computer): number {
  const { minModules, maxModules } = scenario.model.lora;
  const fastest = greatest(scenario.clients.devices.map(speedOf));
  const volume = Math.min(1, rows / (2 * scenario.data.examplesPerClient));
  const speed = speedOf(device) / fastest;
  return minModules + Math.round(((maxModules - minModules) * (volume + speed)) / 2);
}
