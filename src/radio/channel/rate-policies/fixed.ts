import { capacityBps } from '../rate.js';
import type { RatePolicyMaker } from './rate-policy.js';

/**
 * One rate R whatever the gain, for the sender does not know it; it is never silent. Whether a block carries
 * R, that is R <= B log2(1 + snr g), is the receiver's to find (Goldsmith, Wireless Communications, 2005,
 * section 4.2.3: capacity with outage).
 */
export const fixed: RatePolicyMaker = ({ fixedRateBps }, bandwidthHz) => ({
  rateBps: () => fixedRateBps,
  powerRatio: () => 1,
  carriesBps: (gain, snr) => capacityBps(bandwidthHz, snr, gain),
  adaptive: false,
  breaks: () => [],
});
