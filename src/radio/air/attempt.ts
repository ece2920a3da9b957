import type { Attempt, KeyedMessage } from '../channel/attempts.js';
import { transmitJoules as consumed } from '../channel/directions/transmitter.js';
import { attemptFaults, blackoutsOf, inBlackout, silencesIn } from '../channel/faults/faults.js';
import type { Link } from '../channel/link.js';
import type { AirSender, AirUse, Slot } from './slot.js';

/** A client's update on the air: over which link, as what message, since when it is ready. */
export interface OnAir {
  readonly link: Link;
  readonly message: KeyedMessage;
  readonly readySeconds: number;
}

/** When a client has no signal, by script. */
export function silencesOf({ link, message }: OnAir): AirSender['silences'] {
  return silencesIn(blackoutsOf(link.blackouts, message));
}

/**
 * What a slot, or as much of it as a client was on the air for, was to one client: one packet that has no bits. A script
 * that drops or corrupts it makes the client unheard. The receiver's energy is shared evenly by those in the slot.
 */
export function airAttempt(
  { link, message, readySeconds }: OnAir,
  { startSeconds, seconds }: Pick<Slot, 'startSeconds' | 'seconds'>,
  use: AirUse,
  senders: number,
): Attempt {
  const scene = { ...link, ...message, link: link.id };
  const { lost } = attemptFaults(link.faults, scene, 1, startSeconds);
  const powerWatts = link.powerWatts * (link.powerShareAt?.(startSeconds) ?? 1);
  const transmitJoules = consumed(link.transmitter, powerWatts * use.powerSeconds, use.onAirSeconds);
  const receiveJoules = (link.receivePowerWatts * seconds) / senders;
  const waiting = startSeconds - readySeconds + seconds - use.onAirSeconds;
  const idleJoules = link.idlePowerWatts * waiting;
  const span = { fromSeconds: startSeconds, toSeconds: startSeconds + seconds };
  return {
    atSeconds: startSeconds,
    seconds,
    onAirSeconds: use.onAirSeconds,
    airBits: 0,
    packets: 1,
    lostPackets: lost === null ? 0 : 1,
    lost,
    arrives: lost === null,
    acknowledged: lost === null,
    waitSeconds: 0,
    transmitJoules,
    receiveJoules,
    idleJoules,
    energyJoules: transmitJoules + receiveJoules + idleJoules,
    ...inBlackout(blackoutsOf(link.blackouts, message), span),
    blocks: use.blocks,
    samples: [],
  };
}

const nothing: AirUse = { onAirSeconds: 0, powerSeconds: 0, blocks: 0 };

/** The attempt of one who came after the slot: it never was on the air. */
export function missedSlot(onAir: OnAir, nowSeconds: number): Attempt {
  const attempt = airAttempt(onAir, { startSeconds: nowSeconds, seconds: 0 }, nothing, 1);
  return { ...attempt, ...unheard, lost: 'timeout' };
}

/** The same attempt of one who went off. */
export function wentOff(attempt: Attempt): Attempt {
  return { ...attempt, ...unheard, lost: 'offline' };
}

const unheard = { arrives: false, acknowledged: false, lostPackets: 1 } as const;
