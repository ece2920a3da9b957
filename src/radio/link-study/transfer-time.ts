import { transmitJoules } from '../channel/directions/transmitter.js';
import { packetsOf } from '../channel/retransmission/packets.js';
import type { BlockMeans } from './block-means.js';
import type { Subject } from './subject.js';

/** Delay and energy of a message as renewal theory has them. */
export interface TransferForm {
  readonly delaySeconds: { readonly mean: number; readonly sd: number };
  readonly energyJoules: number;
}

/** Below so many blocks a message is no sum of many, and the theorem says little. */
const fewestBlocks = 5;

/** What the closed form leaves out: the first that applies is the reason for having none. */
const obstacles: readonly ((subject: Subject, fluidSeconds: number, variation: number) => string | false)[] =
  [
    ({ link }) => !link.policy.adaptive && 'the rate does not follow the gain',
    ({ link }) => link.isCorrelated && 'one block depends on the one before it',
    ({ link }) => !link.snr.constant && 'the mean SNR changes with time',
    ({ link }) => link.blackouts.length > 0 && 'a script silences the link',
    ({ link }) => (link.lossProbability > 0 || link.bursts !== null) && 'packets are lost',
    ({ link }) => link.ackLossProbability > 0 && 'acknowledgements are lost',
    ({ link }) => link.faults.some(({ effect }) => effect !== 'blackout') && 'a script touches messages',
    (_, fluidSeconds) => fluidSeconds === Infinity && 'the link carries nothing',
    ({ link }, fluidSeconds) => fluidSeconds > link.maxAttemptSeconds && 'an attempt takes too long',
    ({ link }, fluidSeconds, variation) =>
      variation > 0 &&
      fluidSeconds < fewestBlocks * link.coherenceSeconds &&
      `a message takes fewer than ${fewestBlocks} blocks`,
  ];

/**
 * Mean and standard deviation of the time that `bits` take where they add up over independent blocks of
 * length Tc, and the mean energy. With R the rate of a block, T = bits/E[R] and CV^2 its squared coefficient
 * of variation: E = T + (Tc/2) CV^2 and sd = sqrt(T Tc) CV. Renewal theory (Cox 1962): the
 * message begins anywhere in a block, and ends in a block that is found by its bits, uniform within them. What is
 * spent follows by Wald's identity: E[P] (T + (Tc/2) (CV^2 + 1)) of whole blocks, less (Tc/2) E[R P]/E[R] of
 * the last. A string tells why there is no such form. Headers of packets count besides `bits`.
 */
export function transferTime(subject: Subject, bits: number, means: BlockMeans): TransferForm | string {
  const { link, group } = subject;
  const { rateBps, variation, onAir, power, powerByBits } = means;
  const fluidSeconds = rateBps > 0 ? airBitsOf(subject, bits) / rateBps : Infinity;
  for (const obstacle of obstacles) {
    const reason = obstacle(subject, fluidSeconds, variation);
    if (reason !== false) return reason;
  }
  const halfBlock = link.coherenceSeconds / 2;
  const mean = fluidSeconds + halfBlock * variation;
  const spent = (share: number, byBits: number) => share * (mean + halfBlock) - halfBlock * byBits;
  const onAirSeconds = spent(onAir, link.timeShare);
  return {
    delaySeconds: { mean, sd: Math.sqrt(fluidSeconds * link.coherenceSeconds * variation) },
    energyJoules:
      transmitJoules(link.transmitter, link.powerWatts * spent(power, powerByBits), onAirSeconds) /
        group.length +
      link.receivePowerWatts * onAirSeconds +
      (link.idlePowerWatts * (mean - onAirSeconds)) / group.length,
  };
}

function airBitsOf({ link: { packetBits, packetHeaderBits } }: Subject, bits: number): number {
  if (packetBits === null) return bits;
  return bits + packetHeaderBits * packetsOf(bits, packetBits, packetHeaderBits).count;
}
