import type { GainPath } from '../channel/gain-paths/gain-path.js';
import { capacityBps } from '../channel/rate.js';
import type { Claims, SharedBand } from './scheduler.js';
import type { Transmission } from './transmission.js';

/** Those on a band who can send at a moment, with their gains, for the rest of its coherence block. */
export class BlockClaims implements Claims {
  block = 0;
  count = 0;
  /** When this is over: the end of the block, or of a silence, or the beginning of one. */
  untilSeconds = 0;
  /** Gain of each transmission of the band; 0 in a silence. */
  readonly gains: Float64Array;
  readonly #on: readonly Transmission[];
  readonly #power: SharedBand['power'];
  readonly #paths: readonly GainPath[];
  /** Mean SNR of each transmission. */
  readonly #snrs: Float64Array;
  /** What power control leaves of each link's power. */
  readonly #powerShares: Float64Array;
  /** Places of the senders among the transmissions. */
  readonly #places: Int32Array;

  constructor(on: readonly Transmission[], power: SharedBand['power']) {
    this.#on = on;
    this.#power = power;
    this.#paths = on.map(({ link }) => link.path);
    this.gains = new Float64Array(on.length);
    this.#snrs = new Float64Array(on.length);
    this.#powerShares = new Float64Array(on.length);
    this.#places = new Int32Array(on.length);
  }

  /** Asks all gains at this virtual time. */
  enter(nowSeconds: number, coherenceSeconds: number): void {
    // A millionth of a block absorbs the rounding of the time at which the block before ended.
    this.block = Math.floor(nowSeconds / coherenceSeconds + 1e-6);
    this.untilSeconds = (this.block + 1) * coherenceSeconds;
    this.count = 0;
    for (let i = 0; i < this.#on.length; i++) {
      this.#snrs[i] = this.#on[i]!.link.snr.ratioAt(nowSeconds);
      this.#powerShares[i] = this.#on[i]!.link.powerShareAt?.(nowSeconds) ?? 1;
      this.gains[i] = this.#isSilent(this.#on[i]!, nowSeconds) ? 0 : this.#paths[i]!.gainAt(this.block);
      this.#places[this.count] = i;
      if (this.gains[i]! > 0 && this.rateBps(this.count, 1) > 0) this.count += 1;
    }
  }

  /** The place of a sender among the transmissions of the band. */
  placeOf(sender: number): number {
    return this.#places[sender]!;
  }

  rateBps(sender: number, share: number): number {
    const i = this.#places[sender]!;
    const { link, rateFactor } = this.#on[i]!;
    return share * link.policy.rateBps(this.gains[i]!, this.#snrOver(i, share)) * rateFactor;
  }

  meanRateBps(sender: number, share: number): number {
    const i = this.#places[sender]!;
    const { link, rateFactor } = this.#on[i]!;
    return capacityBps(share * link.bandwidthHz, this.#snrOver(i, share), 1) * rateFactor;
  }

  /** Transmission power of a sender with this share, relative to its link's power. */
  powerRatio(sender: number, share: number): number {
    const i = this.#places[sender]!;
    const { policy } = this.#on[i]!.link;
    const ratio = policy.powerRatio(this.gains[i]!, this.#snrOver(i, share)) * this.#powerShares[i]!;
    return this.#power === 'kept' ? ratio : share * ratio;
  }

  remainingBits(sender: number): number {
    return this.#on[this.#places[sender]!]!.remainingBits;
  }

  averageBps(sender: number): number {
    return this.#on[this.#places[sender]!]!.averageBps;
  }

  /** Mean SNR over a share: power that is kept on less of the band meets less noise. */
  #snrOver(i: number, share: number): number {
    return this.#power === 'kept' ? this.#snrs[i]! / share : this.#snrs[i]!;
  }

  #isSilent({ silences }: Transmission, nowSeconds: number): boolean {
    const next = silences.find(({ toSeconds }) => toSeconds > nowSeconds);
    if (next === undefined) return false;
    const isNow = next.fromSeconds <= nowSeconds;
    this.untilSeconds = Math.min(this.untilSeconds, isNow ? next.toSeconds : next.fromSeconds);
    return isNow;
  }
}
