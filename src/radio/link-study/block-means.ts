import { gainForRate } from '../channel/closed-forms.js';
import { groupPolicy } from '../channel/group-policy.js';
import { worstOf } from '../channel/rate-policies/block-law.js';
import { capacityBps } from '../channel/rate.js';
import type { Subject } from './subject.js';

/** Means over the gain of a block, by quadrature. */
export interface BlockMeans {
  /** Mean rate in bits per second; blocks that are silent or belong to others are included. */
  readonly rateBps: number;
  /** Squared coefficient of variation of that rate. */
  readonly variation: number;
  /** Share of the time on the air. */
  readonly onAir: number;
  /** Transmission power over all of the time, relative to the link's. */
  readonly power: number;
  /** The same over time that counts by its bits: E[rate power] / E[rate]. */
  readonly powerByBits: number;
}

/**
 * What a block of the link carries and costs in the mean, in a broadcast at its worst receiver; a fixed rate
 * carries what is not in outage.
 */
export function blockMeans({ link, group }: Subject): BlockMeans {
  const { scheduled, timeShare } = link;
  const policy = groupPolicy(link, group, 0);
  const law = worstOf(group.map((each) => ({ law: each.law, ratio: each.snr.ratioAt(0) })));
  const snr = law.reference;
  const own = (gain: number) => (scheduled === null ? 1 : scheduled(link.law.cdf(gain)));
  const breaks = policy.adaptive ? policy.breaks(snr) : [thresholdOf(link, snr)];
  const mean = (f: (gain: number) => number) => law.mean((gain) => f(gain) * own(gain), { breaks });

  const rate = rateOf({ ...link, policy }, snr);
  const power = (gain: number) => timeShare * policy.powerRatio(gain, snr);
  const rateBps = mean(rate);
  const square = mean((gain) => rate(gain) ** 2);
  return {
    rateBps,
    variation: rateBps > 0 ? Math.max(0, square / rateBps ** 2 - 1) : 0,
    onAir: mean((gain) => (policy.rateBps(gain, snr) > 0 ? timeShare : 0)),
    power: mean(power),
    powerByBits: rateBps > 0 ? mean((gain) => rate(gain) * power(gain)) / rateBps : 0,
  };
}

/** Bits per second that arrive in a block of the client's by its gain. */
export function rateOf(
  { policy, bandwidthHz, timeShare }: Pick<Subject['link'], 'policy' | 'bandwidthHz' | 'timeShare'>,
  snr: number,
): (gain: number) => number {
  if (policy.adaptive) return (gain) => policy.rateBps(gain, snr) * timeShare;
  // The rounding of a rate that was computed from its own capacity must not count as outage.
  return (gain) => {
    const rateBps = policy.rateBps(gain, snr);
    return capacityBps(bandwidthHz, snr, gain) >= rateBps * (1 - 1e-12) ? rateBps * timeShare : 0;
  };
}

function thresholdOf({ policy, bandwidthHz }: Subject['link'], snr: number): number {
  return gainForRate(policy.rateBps(1, snr), bandwidthHz, snr);
}
