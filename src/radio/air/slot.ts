import { greatest, least } from '../../extremes.js';
import { stream } from '../../simulation/random/stream.js';
import type { Silence } from '../channel/block-walk.js';
import type { Link } from '../channel/link.js';
import { combinedGain, combinedGains } from './combined-gain.js';
import type { AirSettings } from './over-the-air.js';

/** A client that sends in a slot. */
export interface AirSender {
  readonly link: Link;
  /** What it multiplies its values by, its weight relative to the greatest: above 0 and at most 1. */
  readonly amplitude: number;
  /** When it has no signal. */
  readonly silences: readonly Silence[];
}

/** The values `from` up to before `to` of all that is sent, and whose signals are in them. */
export interface AirBlock {
  readonly from: number;
  readonly to: number;
  /** Ids of clients, in the order of the senders. */
  readonly active: readonly string[];
}

/** What one client's transmitter does in a slot. */
export interface AirUse {
  readonly onAirSeconds: number;
  /** Integral over time of its transmission power, relative to its link's power. */
  readonly powerSeconds: number;
  /** Coherence blocks in which it was on the air. */
  readonly blocks: number;
}

/** All clients of a version on the air at once. */
export interface Slot {
  readonly startSeconds: number;
  readonly seconds: number;
  /**
   * rho, the ratio at the receiver of a symbol of unit mean square from one client of amplitude 1 to the noise: the same
   * for all, in every block in which they send.
   */
  readonly snr: number;
  /** In their order; they cover all values. */
  readonly blocks: readonly AirBlock[];
  /** In the order of the senders. */
  readonly uses: readonly AirUse[];
}

/** A channel use carries two real values, in phase and in quadrature. */
export function airSeconds(values: number, bandwidthHz: number): number {
  return Math.ceil(values / 2) / bandwidthHz;
}

/**
 * Broadband analogue aggregation (Zhu, Wang and Huang, IEEE TWC 19(1), 2020, section III), its sub-channels being
 * coherence blocks in time: truncated channel inversion, p_k = sqrt(rho / snr_k) / h_k where g_k >= g0, else silence. With
 * symbols of unit mean square a client of amplitude 1 spends P rho E[1/g; g >= g0] / snr_k in the mean: rho is what the
 * client of the lowest mean SNR can reach with its link's power, rho = min snr_k / E[1/g; g >= g0]. Mean SNRs are those of
 * the slot's beginning.
 */
export function slotOf(
  values: number,
  senders: readonly AirSender[],
  { cutoffGain, antennas }: AirSettings,
  startSeconds: number,
): Slot {
  const { bandwidthHz, coherenceSeconds, seed } = senders[0]!.link;
  const seconds = airSeconds(values, bandwidthHz);
  const snrs = senders.map(({ link }) => link.snr.ratioAt(startSeconds));
  const snr = least(snrs) / meanInverse(senders, { cutoffGain, antennas });
  const gainsOf = gainsIn(senders, antennas, seed);
  const uses = senders.map(() => ({ onAirSeconds: 0, powerSeconds: 0, blocks: 0 }));
  const valuesAt = (atSeconds: number) =>
    Math.min(values, 2 * Math.max(0, Math.ceil((atSeconds - startSeconds) * bandwidthHz - 1e-6)));
  const blocks = partsOf(senders, { startSeconds, seconds, coherenceSeconds }).flatMap((part) => {
    const { fromSeconds, toSeconds } = part;
    const gains = gainsOf(part.block);
    const heard = senders.filter(({ amplitude, silences }, k) => {
      const gain = gains[k]!;
      if (gain === 0 || gain < cutoffGain || isSilent(silences, fromSeconds)) return false;
      const use = uses[k]!;
      use.onAirSeconds += toSeconds - fromSeconds;
      use.powerSeconds += ((toSeconds - fromSeconds) * amplitude ** 2 * snr) / (snrs[k]! * gain);
      use.blocks += 1;
      return true;
    });
    const block = { from: valuesAt(fromSeconds), to: valuesAt(toSeconds) };
    return block.to > block.from ? [{ ...block, active: heard.map(({ link }) => link.sender) }] : [];
  });
  return { startSeconds, seconds, snr, blocks, uses };
}

/** E[1/g; g >= g0] of a client's gain. All have one law. */
export function meanInverse(
  senders: readonly Pick<AirSender, 'link'>[],
  { antennas, cutoffGain }: AirSettings,
): number {
  if (antennas > 1) return combinedGain(antennas, senders.length, cutoffGain).inverse;
  return senders[0]!.link.law.mean((gain) => 1 / gain, { above: cutoffGain });
}

type GainsOf = (block: number) => readonly number[];

/** Block k lasts from k T to (k + 1) T of virtual time, as everywhere: a gain belongs to the link and to its block. */
function gainsIn(senders: readonly AirSender[], antennas: number, seed: number): GainsOf {
  if (antennas === 1) return (block) => senders.map(({ link }) => link.path.gainAt(block));
  return (block) =>
    combinedGains(
      antennas,
      senders.map(({ link }) => stream(seed, 'antennas', link.id, block)),
    );
}

interface Part {
  readonly block: number;
  readonly fromSeconds: number;
  readonly toSeconds: number;
}

/** The slot in parts in which nothing changes: at the ends of blocks and of silences. */
function partsOf(
  senders: readonly AirSender[],
  {
    startSeconds,
    seconds,
    coherenceSeconds,
  }: Pick<Slot, 'startSeconds' | 'seconds'> & { coherenceSeconds: number },
): readonly Part[] {
  const endSeconds = startSeconds + seconds;
  // A millionth of a block absorbs the rounding of the time at which the block before ended.
  const first = Math.floor(startSeconds / coherenceSeconds + 1e-6);
  const last = greatest([first, Math.ceil(endSeconds / coherenceSeconds - 1e-6) - 1]);
  const changes = senders.flatMap(({ silences }) =>
    silences.flatMap(({ fromSeconds, toSeconds }) => [fromSeconds, toSeconds]),
  );
  const parts: Part[] = [];
  for (let block = first; block <= last; block++) {
    const fromSeconds = Math.max(startSeconds, block * coherenceSeconds);
    const toSeconds = block === last ? endSeconds : (block + 1) * coherenceSeconds;
    const inside = changes.filter((at) => at > fromSeconds && at < toSeconds).sort((a, b) => a - b);
    const ends = [...new Set(inside), toSeconds];
    ends.forEach((end, i) => parts.push({ block, fromSeconds: ends[i - 1] ?? fromSeconds, toSeconds: end }));
  }
  return parts;
}

function isSilent(silences: readonly Silence[], seconds: number): boolean {
  return silences.some(({ fromSeconds, toSeconds }) => fromSeconds <= seconds && seconds < toSeconds);
}
