import { gainForRate } from '../channel/closed-forms.js';
import { correlations, steadyDopplerHz } from '../channel/gain-paths/doppler.js';
import { groupPolicy } from '../channel/group-policy.js';
import { meanOfEstimate } from '../channel/knowledge/estimate-law.js';
import { isCarried, type Knowledge } from '../channel/knowledge/knowledge.js';
import type { Link } from '../channel/link.js';
import { worstOf } from '../channel/rate-policies/block-law.js';
import { capacityBps } from '../channel/rate.js';
import type { Channel } from '../channel/settings.js';
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
 * carries what is not in outage, as does a sender that errs about its gain. Null where the gain that the
 * sender knows is older than the block, but for Rayleigh fading over time.
 */
export function blockMeans({ scenario, link, group }: Subject): BlockMeans | null {
  const { scheduled, timeShare } = link;
  const knowledge = link.knowledge && wholeCorrelation(link.knowledge, scenario.channel);
  if (knowledge === undefined) return null;
  const policy = groupPolicy(link, group, 0);
  const law = worstOf(group.map((each) => ({ law: each.law, ratio: each.snr.ratioAt(0) })));
  const snr = law.reference;
  const own = (gain: number) => (scheduled === null ? 1 : scheduled(link.law.cdf(gain)));
  const breaks = policy.adaptive ? policy.breaks(snr) : [thresholdOf(link, snr)];
  const mean = (f: (gain: number) => number) => law.mean((gain) => f(gain) * own(gain), { breaks });

  if (knowledge !== null) return meansOfEstimates({ ...link, policy, knowledge }, snr);
  const rate = rateOf({ ...link, policy }, snr);
  const power = (gain: number) => timeShare * policy.powerRatio(gain, snr);
  const onAir = (gain: number) => (policy.rateBps(gain, snr) > 0 ? timeShare : 0);
  return figuresOf(mean, { rate, power, onAir });
}

type Of<Block> = (block: Block) => number;

function figuresOf<Block>(
  mean: (f: Of<Block>) => number,
  { rate, power, onAir }: Readonly<Record<'rate' | 'power' | 'onAir', Of<Block>>>,
): BlockMeans {
  const rateBps = mean(rate);
  const square = mean((block) => rate(block) ** 2);
  return {
    rateBps,
    variation: rateBps > 0 ? Math.max(0, square / rateBps ** 2 - 1) : 0,
    onAir: mean(onAir),
    power: mean(power),
    powerByBits: rateBps > 0 ? mean((block) => rate(block) * power(block)) / rateBps : 0,
  };
}

/** Means over gain and estimate: the sender takes rate and power from the one, the other carries them or not. */
function meansOfEstimates(
  { policy, knowledge, law, timeShare }: Link & { readonly knowledge: Knowledge },
  snr: number,
): BlockMeans {
  const believedSnr = snr / knowledge.margin;
  const steps = policy.breaks(believedSnr);
  type Block = readonly [gain: number, estimate: number];
  const mean = (f: Of<Block>) =>
    law.mean(
      (gain) =>
        meanOfEstimate(gain, knowledge, (estimate) => f([gain, estimate]), [
          gain * knowledge.margin,
          ...steps,
        ]),
      { breaks: [...policy.breaks(snr), ...steps.map((step) => step / knowledge.margin)], tolerance: 1e-7 },
    );
  const sent: Of<Block> = ([, estimate]) => policy.rateBps(estimate, believedSnr) * timeShare;
  return figuresOf(mean, {
    rate: (block) => {
      const [gain, estimate] = block;
      return isCarried(policy, { gain, snr }, { gain: estimate, snr: believedSnr }) ? sent(block) : 0;
    },
    power: ([, estimate]) => timeShare * policy.powerRatio(estimate, believedSnr),
    onAir: (block) => (sent(block) > 0 ? timeShare : 0),
  });
}

/**
 * Error and age together as one correlation, that of the amplitude of a Rayleigh channel over time; undefined
 * where they are none, or where the Doppler shift changes.
 */
function wholeCorrelation(knowledge: Knowledge, channel: Channel): Knowledge | undefined {
  const { correlation } = channel;
  const blocks = Math.ceil(knowledge.delaySeconds / channel.coherenceSeconds - 1e-6);
  if (correlation === 'independent' || blocks === 0) return knowledge;
  const doppler = steadyDopplerHz(channel);
  if (channel.fading !== 'rayleigh' || doppler === null) return undefined;
  const aged = correlations[correlation](doppler * blocks * channel.coherenceSeconds);
  return { ...knowledge, correlation: knowledge.correlation * Math.abs(aged) };
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
