import type { AllocationStrategy } from './allocation.js';
import { chen2021 } from './chen2021.js';
import { equal } from './equal.js';
import { minMaxDelay } from './min-max-delay.js';
import { yang2021 } from './yang2021.js';

/** By the name that a scenario's `server.allocation` gives. */
export const allocations = {
  equal,
  'min-max-delay': minMaxDelay,
  yang2021,
  chen2021,
} as const satisfies Readonly<Record<string, AllocationStrategy>>;
