import type { Static, TObject } from 'typebox';
import type { Memory } from '../../learning/params/memory.js';
import type { ParamSet } from '../../learning/params/param-set.js';
import type { AirMean } from '../over-the-air/air-mean.js';
import type { Strategy } from '../strategy.js';

/** What the server holds of one client when it aggregates a part (Steps 1.4, 2.4 and 3.4). */
export interface Update {
  readonly client: string;
  readonly params: ParamSet;
  /**
   * The part of the global model as the client downloaded it, which it trained into `params`. Null where the
   * model had no such part yet, and where the strategy does not ask for it (`needsBase`).
   */
  readonly base: ParamSet | null;
  /** What the update was trained on, in rows of its stage: instructions, pairs, or prompts answered. */
  readonly rows: number;
  /** Version of the global model that the client started from. */
  readonly version: number;
  /** Versions made since then; 0 for an update in time. */
  readonly staleness: number;
  /** Virtual seconds since that version was made. */
  readonly ageSeconds: number;
  /** The client's tier, from 1, the fastest; null where the discipline has none. */
  readonly tier: number | null;
}

/** What the server knows of a client, whether or not it has an update of it. */
export interface Participant {
  /** As of its updates of the part. */
  readonly rows: number;
  /** How many versions of the stage it was asked to work on, the one that is aggregated now included. */
  readonly orders: number;
  /** Whether it was asked to work on the one that is aggregated now. */
  readonly isAsked: boolean;
}

/** A part of the global model before (null: there is none yet), at least one update, and what was remembered. */
export interface ToAggregate {
  readonly global: ParamSet | null;
  readonly updates: readonly Update[];
  /** The version that is aggregated: the number that `global` has in its stage. */
  readonly version: number;
  /** Every client of the run, by its id; nobody where the rule needs the updates only. */
  readonly clients: Readonly<Record<string, Participant>>;
  /** Blank where a stage begins. */
  readonly memory: Memory;
}

export interface AggregatedPart {
  readonly global: ParamSet;
  /** What everybody adds to the base model besides, where a method has its slot so. */
  readonly change?: ParamSet;
  readonly memory: Memory;
}

/**
 * The next global set of a part. Clients may hold different tensors (each designs its own LoRA); tensors of
 * the global set that the result lacks stay as they are. The result does not depend on the order of the
 * updates, not in a single bit.
 */
export type Aggregation = (given: ToAggregate) => AggregatedPart;

export interface AggregationSettings {
  /** a in the weight (1 + staleness)^-a. */
  readonly stalenessExponent: number;
}

type Options = Readonly<Record<string, unknown>>;

export interface AggregationStrategy extends Strategy<Aggregation, AggregationSettings> {
  /** Whether it reads what updates were made from, by its own options; absent: it does not. */
  needsBase?(options: Options): boolean;
  /** Whether the updates are all that it looks at: it is told of no clients (`ToAggregate.clients`); absent: of all. */
  readonly needsUpdatesOnly?: boolean;
  /** Whether it reads the clients' tiers: the discipline has to have some. */
  readonly needsTiers?: boolean;
  /**
   * Whether it puts each tensor together from the updates that hold it, so that an update may lack some, and a tensor that
   * nobody brought stays as it is; absent: it needs whole updates.
   */
  readonly bearsPartial?: boolean;
  /** The fewest updates that it can work with, by its own options; absent: 1. */
  atLeast?(options: Options): number;
  /**
   * What the weights of updates sum to, where it makes a part as a weighted sum of them and of the global model, and
   * remembers nothing: a checker holds it to that. Absent: it is no such sum.
   */
  weightsSum?(this: void, settings: AggregationSettings & Options, given: ToAggregate): number;
  /**
   * The mean that it reads of the updates and nothing else, by its own options: it works where their signals add up over
   * the air, and the mean comes as one update. Absent: it has to see the updates one by one.
   */
  overTheAir?(this: void, options: Options): AirMean;
}

/** An aggregation with the types of its own options, for those who write one. */
export function aggregation<Own extends TObject>(value: {
  readonly name: string;
  readonly description: string;
  readonly options: Own;
  readonly needsUpdatesOnly?: boolean;
  readonly needsTiers?: boolean;
  readonly bearsPartial?: boolean;
  needsBase?(options: Static<Own>): boolean;
  atLeast?(options: Static<Own>): number;
  weightsSum?(this: void, settings: AggregationSettings & Static<Own>, given: ToAggregate): number;
  overTheAir?(this: void, options: Static<Own>): AirMean;
  make(settings: AggregationSettings & Static<Own>): Aggregation;
}): AggregationStrategy {
  return value;
}
