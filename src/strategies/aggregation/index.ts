import type { AggregationStrategy } from './aggregation.js';
import { fedavg } from './fedavg.js';
import { uniform } from './uniform.js';

/** By the name that a scenario's `server.aggregation` gives. */
export const aggregations = { fedavg, uniform } as const satisfies Readonly<
  Record<string, AggregationStrategy>
>;
