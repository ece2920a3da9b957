import type { Sample, Silence } from '../channel/block-walk.js';
import type { Link } from '../channel/link.js';

/** One attempt at a message, on a band that the cell's scheduler divides. Copied whole: see `copyOf` in band.ts. */
export interface Transmission {
  readonly link: Link;
  readonly startSeconds: number;
  /** It is given up at this virtual time. */
  readonly deadlineSeconds: number;
  readonly bits: number;
  /** 1, or less on a link that a script slows down. */
  readonly rateFactor: number;
  readonly silences: readonly Silence[];
  remainingBits: number;
  onAirSeconds: number;
  /** Integral over time of the transmission power, relative to the link's power. */
  powerSeconds: number;
  /** Integral over time of its part of the band. */
  bandSeconds: number;
  /** Time in which it could have sent, and others had the band. */
  waitSeconds: number;
  /** Bits per second over the scheduler's window; 0 where the scheduler has none. */
  averageBps: number;
  /** Coherence blocks begun, and the last of them. */
  blocks: number;
  lastBlock: number;
  /** Kept where the scenario's story is "blocks": every block at first, then every second, fourth and so on. */
  samples: readonly Sample[];
  stride: number;
}

const mostSamples = 240;

/** Notes gain and rate of a block that it has just begun. */
export function keepSample(transmission: Transmission, sample: Sample): void {
  const { samples, stride, blocks } = transmission;
  if ((blocks - 1) % stride !== 0) return;
  const kept = [...samples, sample];
  const isFull = kept.length >= mostSamples;
  transmission.samples = isFull ? kept.filter((_, index) => index % 2 === 0) : kept;
  if (isFull) transmission.stride *= 2;
}
