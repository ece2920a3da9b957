import { capacityBps } from '../rate.js';
import type { RatePolicyMaker } from './rate-policy.js';

/**
 * Truncated channel inversion (Goldsmith and Varaiya, Capacity of fading channels with channel side
 * information, IEEE Trans. Inf. Theory 43(6), 1997). With g0 = `cutoffGain` and M = E[1/g; g
 * >= g0], the power of a block is 1/(g M) of the link's, so that its mean over all of the sender's blocks,
 * silent ones included, is the link's, and what is received is snr/M at all times: the rate is
 * B log2(1 + snr/M) while g >= g0. The law is that of the blocks in which the sender sends: those that a
 * scheduler gives it, or the worst receiver of a broadcast. Where no gain of the law reaches the cutoff the sender is always silent. RangeError where M is
 * infinite, as for Rayleigh fading without a cutoff: no finite power inverts it.
 */
export const inversion: RatePolicyMaker = ({ cutoffGain }, bandwidthHz, law) => {
  const inverse = law.mean((gain) => 1 / gain, { above: cutoffGain });
  if (!(inverse < Infinity)) {
    throw new RangeError(`the mean of 1/g from a cutoff of ${cutoffGain} on is ${inverse}, not finite`);
  }
  const sends = (gain: number) => inverse > 0 && gain >= cutoffGain;
  return {
    rateBps: (gain, snr) => (sends(gain) ? capacityBps(bandwidthHz, snr, 1 / inverse) : 0),
    powerRatio: (gain) => (sends(gain) ? 1 / (gain * inverse) : 0),
    carriesBps: (gain, snr) => capacityBps(bandwidthHz, snr, gain),
    adaptive: true,
    breaks: () => [cutoffGain],
  };
};
