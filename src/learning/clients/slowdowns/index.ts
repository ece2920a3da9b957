import { exponential } from './exponential.js';
import { lognormal } from './lognormal.js';
import { none } from './none.js';
import { pareto } from './pareto.js';
import type { SlowdownStrategy } from './slowdown.js';

/** By the name that a class of devices gives as its `slowdown`. */
export const slowdowns = { none, exponential, lognormal, pareto } as const satisfies Readonly<
  Record<string, SlowdownStrategy>
>;
