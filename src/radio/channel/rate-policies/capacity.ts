import { capacityBps } from '../rate.js';
import type { RatePolicyMaker } from './rate-policy.js';

/**
 * Shannon's rate of every block at constant power, B log2(1 + snr g): the sender follows the gain with its
 * rate alone. The mean is the ergodic capacity (Goldsmith, Wireless Communications, 2005, section 4.2.3).
 */
export const capacity: RatePolicyMaker = (_settings, bandwidthHz) => ({
  rateBps: (gain, snr) => capacityBps(bandwidthHz, snr, gain),
  powerRatio: () => 1,
  carriesBps: (gain, snr) => capacityBps(bandwidthHz, snr, gain),
  adaptive: true,
  breaks: () => [],
});
