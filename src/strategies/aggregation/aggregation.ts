import type { Memory } from '../../learning/params/memory.js';
import type { ParamSet } from '../../learning/params/param-set.js';
import type { Strategy } from '../strategy.js';

/** What the server holds of one client when it aggregates a part (Steps 1.4, 2.4 and 3.4). */
export interface Update {
  readonly client: string;
  readonly params: ParamSet;
  /** Training rows behind the update. */
  readonly rows: number;
  /** Version of the global model that the client started from. */
  readonly version: number;
  /** Versions made since then; 0 for an update in time. */
  readonly staleness: number;
}

/** A part of the global model before (null: there is none yet), at least one update, and what was remembered. */
export interface ToAggregate {
  readonly global: ParamSet | null;
  readonly updates: readonly Update[];
  readonly memory: Memory;
}

export interface AggregatedPart {
  readonly global: ParamSet;
  readonly memory: Memory;
}

/**
 * The next global set of a part. Clients may hold different tensors (each designs its own LoRA). The result
 * does not depend on the order of the updates, not in a single bit.
 */
export type Aggregation = (given: ToAggregate) => AggregatedPart;

export interface AggregationSettings {
  /** a in the weight (1 + staleness)^-a. */
  readonly stalenessExponent: number;
}

export type AggregationStrategy = Strategy<Aggregation, AggregationSettings>;
