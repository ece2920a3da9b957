import type { Attempt } from './attempts.js';
import { cutPackets } from './retransmission/packets-after.js';

/**
 * An attempt at which one end goes off at `atSeconds`: it does not bring the message, only those of its packets that
 * were whole before. Who is off spends nothing more; who is on
 * learns of nothing, sends to the end and waits for its feedback in vain. What is on the air is taken to be spread
 * evenly over the attempt. One that was cut off before stays as it was left.
 */
export function cutOff(attempt: Attempt, end: 'sender' | 'receiver', atSeconds: number): Attempt {
  if (attempt.lost === 'offline') return attempt;
  const { seconds, waitSeconds } = attempt;
  const share = seconds === 0 ? 1 : Math.min(1, Math.max(0, (atSeconds - attempt.atSeconds) / seconds));
  const silentSeconds = seconds - attempt.onAirSeconds;
  const idleSeconds = silentSeconds + waitSeconds;
  const ofSender = end === 'sender' ? share : 1;
  const ofWaiting = end === 'receiver' ? 1 : idleSeconds === 0 ? 0 : (share * silentSeconds) / idleSeconds;
  const transmitJoules = ofSender * attempt.transmitJoules;
  const receiveJoules = share * attempt.receiveJoules;
  const idleJoules = ofWaiting * attempt.idleJoules;
  return {
    ...attempt,
    onAirSeconds: ofSender * attempt.onAirSeconds,
    airBits: ofSender * attempt.airBits,
    transmitJoules,
    receiveJoules,
    idleJoules,
    energyJoules: transmitJoules + receiveJoules + idleJoules,
    lostPackets: attempt.packets,
    lost: 'offline',
    arrives: false,
    acknowledged: false,
    ...(attempt.packetsAfter && { packetsAfter: cutPackets(attempt.packetsAfter, share) }),
  };
}

/** An attempt whose sender goes off before it hears how it went. */
export function unheardOf(attempt: Attempt): Attempt {
  const { packetsAfter: after } = attempt;
  const lost = { ...attempt, lost: 'offline' as const };
  return after ? { ...lost, packetsAfter: { ...after, unacknowledged: after.sent } } : lost;
}
