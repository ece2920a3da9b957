import type { SchedulerStrategy } from '../scheduler.js';
import { equal } from './equal.js';
import { maxSnr } from './max-snr.js';
import { minMaxDelay } from './min-max-delay.js';
import { proportionalFair } from './proportional-fair.js';
import { roundRobin } from './round-robin.js';

/** By the name of `channel.uplink.sharing` or `channel.downlink.sharing`: the band for those who send now. */
export const schedulers = {
  equal,
  'round-robin': roundRobin,
  'proportional-fair': proportionalFair,
  'max-snr': maxSnr,
  'min-max-delay': minMaxDelay,
} as const satisfies Readonly<Record<string, SchedulerStrategy>>;
