import type { ParamSet } from '../../learning/params/param-set.js';
import type { Server } from '../settings.js';
import { fedavg } from './fedavg.js';
import { uniform } from './uniform.js';

/** What the server holds of one client when it aggregates (Steps 1.4, 2.4 and 3.4). */
export interface Update {
  readonly client: string;
  readonly params: ParamSet;
  /** Training rows behind the update. */
  readonly rows: number;
  /** Rounds between the one it was made in and the one it is used in; 0 for an update in time. */
  readonly staleness: number;
}

export interface AggregationOptions {
  /** a in the weight (1 + staleness)^-a. */
  readonly stalenessExponent: number;
}

/**
 * One set out of several of the same kind. Clients may hold different tensors (each designs its own LoRA): a
 * tensor is averaged over those that hold it. The result does not depend on the order of the updates, not in
 * a single bit.
 */
export type Aggregation = (updates: readonly Update[], options: AggregationOptions) => ParamSet;

/** By the name that a scenario's `server.aggregation` gives. */
export const aggregations: Readonly<Record<Server['aggregation'], Aggregation>> = {
  fedavg,
  uniform,
};
