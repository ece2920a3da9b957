import { capacityBps } from '../rate.js';
import type { RatePolicyMaker } from './rate-policy.js';

/** Shannon's rate at constant power while the gain is at least `cutoffGain`; silent below it. */
export const cutoff: RatePolicyMaker = ({ cutoffGain }, bandwidthHz) => ({
  rateBps: (gain, snr) => (gain >= cutoffGain ? capacityBps(bandwidthHz, snr, gain) : 0),
  powerRatio: (gain) => (gain >= cutoffGain ? 1 : 0),
  carriesBps: (gain, snr) => capacityBps(bandwidthHz, snr, gain),
  adaptive: true,
  breaks: () => [cutoffGain],
});
