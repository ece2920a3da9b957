import Type, { type Static, type TProperties } from 'typebox';
import { nullable } from '../../settings/form.js';
import type { Strategy } from '../../strategies/strategy.js';

/**
 * Those who could send in a coherence block, in the order of their numbers: each has something to send, and its
 * rate would not be 0 with all of the band. They are counted from 0; a share is a part of the band, above 0 and
 * at most 1.
 */
export interface Claims {
  /** Block k lasts from k T to (k + 1) T of virtual time. */
  readonly block: number;
  readonly count: number;
  /** Bits per second at the gain of this block. */
  rateBps(sender: number, share: number): number;
  /** Bits per second at gain 1, the mean. */
  meanRateBps(sender: number, share: number): number;
  remainingBits(sender: number): number;
  /** Bits per second that it has had in the mean over the scheduler's window; 0 where it has had none. */
  averageBps(sender: number): number;
}

/** Divides the band of a direction over those who send now. */
export interface Scheduler {
  /** Time constant of `averageBps`; null where the scheduler does not ask for it. */
  readonly windowSeconds: number | null;
  /** Writes the share of each of the senders, 1 in sum: `shares` comes filled with zeros. */
  allot(claims: Claims, shares: Float64Array): void;
}

export type SchedulerStrategy = Strategy<Scheduler>;

const common = {
  power: nullable(
    Type.Enum(['kept', 'density-kept']),
    'of a sender with a part of the band. kept: all of `powerWatts` over it, so that the ratio grows as 1 / part; ' +
      'density-kept: the same part of `powerWatts`. null: kept on the uplink, where each sender has its own ' +
      'amplifier, density-kept on the downlink, where the station has one power for all',
  ),
};

/** What of a sender's power goes into its part of the band. */
export type PowerRule = Static<typeof common.power>;

/** A scheduler with the types of its own options. */
export function schedulerStrategy<Own extends TProperties>(value: {
  readonly name: string;
  readonly description: string;
  readonly options: Own;
  make(options: Static<ReturnType<typeof Type.Object<Own>>>): Scheduler;
}): SchedulerStrategy {
  const { options, ...rest } = value;
  return { ...rest, options: Type.Object({ ...options, ...common }) } as SchedulerStrategy;
}

/** How the band of a direction is divided. */
export interface SharedBand {
  readonly scheduler: Scheduler;
  readonly power: NonNullable<PowerRule>;
}
