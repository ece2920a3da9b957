import type { Static, TObject } from 'typebox';
import type { Allotment } from '../../../machines/events.js';
import type { Strategy } from '../strategy.js';

/** What a server knows of a client that it allots to: its mean channel, its work and its device. */
export interface Candidate {
  readonly client: string;
  /** Of its update, all messages of the order together. */
  readonly uploadBits: number;
  /** What it computes takes so long at its own frequency, or, where it has a clock, at its highest. */
  readonly computeSeconds: number;
  /** Of its device; null where its clock and the energy of computing are not modelled. */
  readonly clock: {
    readonly maxFrequencyHz: number;
    /** κ in joules per cycle and Hz². */
    readonly switchedCapacitance: number;
  } | null;
  /** What it may radiate at most. */
  readonly maxPowerWatts: number;
  readonly amplifierEfficiency: number;
  readonly circuitPowerWatts: number;
  /** Mean gain over the density of noise and interference: SNR × bandwidth over power, in Hz/W. */
  readonly gainHzPerWatt: number;
  /** Its training rows. */
  readonly rows: number;
}

/** The uplink band that the clients of a version share. */
export interface Band {
  readonly bandwidthHz: number;
  /**
   * Of each resource block, an equal part of the band: its mean SNR over that of the whole band, by which it has more
   * or less interference; empty where interference is the same everywhere.
   */
  readonly blockFactors: readonly number[];
}

/**
 * What each client has, by its name; who is not named is not asked. Null: the band is shared as
 * `channel.uplink.sharing` says, and devices run as they are.
 */
export type Allocation = (
  candidates: readonly Candidate[],
  band: Band,
) => Readonly<Record<string, Allotment>> | null;

export interface AllocationStrategy extends Strategy<Allocation> {
  /** What the formulas presuppose of the fading; absent: nothing. */
  readonly fading?: string;
}

/** An allocation with the types of its own options. */
export function allocation<Own extends TObject>(value: {
  readonly name: string;
  readonly description: string;
  readonly fading?: string;
  readonly options: Own;
  make(options: Static<Own>): Allocation;
}): AllocationStrategy {
  return value;
}
