import { all } from './all.js';
import { byChannel } from './by-channel.js';
import { byRows } from './by-rows.js';
import { energyAware } from './energy-aware.js';
import { oort } from './oort.js';
import { powerOfChoice } from './power-of-choice.js';
import { proportionalFair } from './proportional-fair.js';
import { random } from './random.js';
import { roundRobin } from './round-robin.js';
import type { SelectionStrategy } from './selection.js';
import { tifl } from './tifl.js';

/** By the name that a scenario's `server.selection` gives. */
export const selections = {
  all,
  random,
  'round-robin': roundRobin,
  'by-rows': byRows,
  'power-of-choice': powerOfChoice,
  oort,
  tifl,
  'by-channel': byChannel,
  'proportional-fair': proportionalFair,
  'energy-aware': energyAware,
} as const satisfies Readonly<Record<string, SelectionStrategy>>;
