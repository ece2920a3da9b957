import type { BlockLaw } from './block-law.js';
import type { RateSettings } from './settings.js';

/**
 * What a sender does in a coherence block. Everywhere `gain` (>= 0) is the power gain of the block relative
 * to its mean and `snr` (> 0) the mean signal-to-noise ratio at the link's power, a ratio, not dB. In a
 * broadcast both are those of the worst receiver, the gain relative to the mean of the weakest.
 */
export interface RatePolicy {
  /** Bits per second in such a block; 0: the sender is silent. */
  rateBps(gain: number, snr: number): number;
  /** Transmission power in the block, relative to the link's power; 0 where the sender is silent. */
  powerRatio(gain: number, snr: number): number;
  /** The highest rate in bits per second that such a block carries at full power, for a sender that errs. */
  carriesBps(gain: number, snr: number): number;
  /** Whether the sender knows the gain, so that whatever it sends is decoded; false for "fixed". */
  readonly adaptive: boolean;
  /** Gains at which `rateBps` is not continuous at this mean ratio, rising, for quadrature. */
  breaks(snr: number): readonly number[];
}

/** Makes a policy for a link of so many hertz, whose sender's blocks have gains of this `law`. */
export type RatePolicyMaker = (settings: RateSettings, bandwidthHz: number, law: BlockLaw) => RatePolicy;
