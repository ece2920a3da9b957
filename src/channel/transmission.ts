import type { Stream } from '../random/stream.js';
import type { Scenario } from '../scenario/schema.js';
import { fadings } from './fading.js';
import { capacityBps, ratioOfDecibels } from './rate.js';

/** One direction between a client and the server, as a transmission meets it. */
export interface Link {
  readonly bandwidthHz: number;
  readonly meanSnrDb: number;
  readonly fading: Scenario['channel']['fading'];
  /** Length of a block of constant gain; the gains of blocks are independent. */
  readonly coherenceSeconds: number;
  readonly lossProbability: number;
}

/**
 * Why an attempt did not arrive. `loss`: by the link's loss probability. `outage`: its rate would take for
 * ever.
 */
export type LossReason = 'loss' | 'outage';

export interface Transmission {
  readonly onAirSeconds: number;
  /** Coherence blocks begun. */
  readonly blocks: number;
  /** Null where the message arrives. */
  readonly lost: LossReason | null;
}

/**
 * An attempt that lasts longer than so many blocks is an outage: a bound on what one attempt may take to
 * simulate (under half a second), far above what a message on a usable link needs (69 hours at a coherence
 * time of 50 ms).
 */
export const maxBlocks = 5_000_000;

/**
 * Where an attempt's draws come from: two streams, so that the gains do not move the losses, nor the other
 * way round.
 */
export interface AttemptDraws {
  readonly fading: Stream;
  readonly loss: Stream;
}

/**
 * One attempt: bits add up block by block at B log2(1 + gamma |h|^2) until all are sent; the last block ends
 * early. A lost attempt has been on the air all the same. RangeError if `bits` is negative or not finite.
 */
export function transmit(bits: number, link: Link, draws: AttemptDraws): Transmission {
  if (!(bits >= 0) || bits === Infinity) throw new RangeError(`a message has ${bits} bits`);
  const { onAirSeconds, blocks, finished } = sendBits(bits, link, draws.fading);
  if (!finished) return { onAirSeconds, blocks, lost: 'outage' };
  return { onAirSeconds, blocks, lost: draws.loss.uniform() < link.lossProbability ? 'loss' : null };
}

function sendBits(bits: number, { bandwidthHz, meanSnrDb, fading, coherenceSeconds }: Link, draw: Stream) {
  const snr = ratioOfDecibels(meanSnrDb);
  const gain = fadings[fading];
  let left = bits;
  for (let block = 0; block < maxBlocks; block++) {
    if (left <= 0) return { onAirSeconds: block * coherenceSeconds, blocks: block, finished: true };
    const rateBps = capacityBps(bandwidthHz, snr, gain(draw));
    const seconds = left / rateBps;
    if (seconds < coherenceSeconds) {
      return { onAirSeconds: block * coherenceSeconds + seconds, blocks: block + 1, finished: true };
    }
    left -= rateBps * coherenceSeconds;
  }
  return { onAirSeconds: maxBlocks * coherenceSeconds, blocks: maxBlocks, finished: false };
}
