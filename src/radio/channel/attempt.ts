import type { BlockWalk, Sample, Silence } from './block-walk.js';
import type { FaultScene, InBlackout } from './faults/faults.js';
import type { PacketsAfter } from './retransmission/packets-after.js';

/** What tells a message from all others on its link, whatever else is on the air. */
export type KeyedMessage = Pick<FaultScene, 'kind' | 'step' | 'stage' | 'round' | 'repeat'>;

/**
 * Why packets of an attempt did not arrive. `loss`: by loss probability, by burst or by a codeword in error. `outage`: they were sent at
 * a rate above what their blocks carried. `timeout`: the attempt would have taken too long, or the message
 * more work than a simulation has for one. `fault`,
 * `corrupted`: by script. `offline`: one end of the link was off; a function of the run, never of the link alone.
 */
export type LossReason = 'loss' | 'outage' | 'timeout' | 'fault' | 'corrupted' | 'offline';

/** One attempt at a message: all packets that the sender believes to be missing. */
export interface Attempt extends InBlackout {
  /** Virtual time of its first bit. */
  readonly atSeconds: number;
  /** From its first bit to its last, silent blocks included. */
  readonly seconds: number;
  readonly onAirSeconds: number;
  /** Bits on the air, packet headers included; with a broadcast this message's part of them. */
  readonly airBits: number;
  readonly packets: number;
  readonly lostPackets: number;
  /** Why the first of the lost packets was lost; null where none was. */
  readonly lost: LossReason | null;
  /** Whether the recipient has the whole message with this attempt for the first time. */
  readonly arrives: boolean;
  /** Whether the sender knows after it that the recipient has the message. */
  readonly acknowledged: boolean;
  /** Until the next attempt, or until the message is given up; 0 after an acknowledgement. */
  readonly waitSeconds: number;
  /** Spent by the sender's transmitter; in a broadcast this message's part. */
  readonly transmitJoules: number;
  readonly receiveJoules: number;
  /** Spent by the sender over silent blocks and the wait. */
  readonly idleJoules: number;
  readonly energyJoules: number;
  readonly blocks: number;
  /** Gain and rate over time, where the scenario's `channel.story` is "blocks". */
  readonly samples: readonly Sample[];
  /** What it had of a band that the cell's scheduler divides; absent on a link that has its own. */
  readonly band?: BandUse;
  /** Which packets had come when it ended; absent where messages are not cut into packets. */
  readonly packetsAfter?: PacketsAfter;
}

/** What an attempt had of a band that is divided over those who send now. */
export interface BandUse {
  /** Integral over time of its part of the band: with all of the band, its time on the air. */
  readonly seconds: number;
  /** Time in which it could have sent, and others had the band. */
  readonly waitSeconds: number;
}

/** What a sender that knows the gain begins an attempt with. */
export interface BegunAttempt {
  /** All that it believes to be missing. */
  readonly bits: number;
  readonly rateFactor: number;
  readonly silences: readonly Silence[];
}

/** What an attempt took, however its band was shared. */
export type Airtime = Pick<
  BlockWalk,
  'startSeconds' | 'seconds' | 'onAirSeconds' | 'powerSeconds' | 'blocks' | 'walked' | 'sentBits' | 'samples'
>;
