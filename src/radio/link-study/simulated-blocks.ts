import { least } from '../../extremes.js';
import { segmentBlocks } from '../channel/gain-paths/gain-path.js';
import { groupPolicy } from '../channel/group-policy.js';
import { drawEstimate, isCarried } from '../channel/knowledge/knowledge.js';
import { capacityBps } from '../channel/rate.js';
import { stream } from '../../simulation/random/stream.js';
import { rateOf } from './block-means.js';
import { Tally, type Estimate } from './estimate.js';
import type { Subject } from './subject.js';

/** Rates over drawn blocks, at the mean SNR of time 0. */
export interface SimulatedBlocks {
  /** Shannon's rate of the link's gain. */
  readonly ergodicBps: Estimate | null;
  /** What the rate policy carries over the link's share, at the worst gain of a broadcast. */
  readonly policyBps: Estimate | null;
}

/** Places of the paths are drawn from so many segments: no two lie close together. */
const segments = 2 ** 24;

/**
 * Draws so many blocks: 256 consecutive ones at each of many drawn times, which count as one value in the
 * confidence interval where they are correlated. A trace's blocks are drawn from its law: over time a link may
 * meet the same few of its rows again and again.
 */
export function simulateBlocks({ scenario, link, group, snr }: Subject, draws: number): SimulatedBlocks {
  const hasPath = scenario.channel.fading !== 'trace';
  const batch = link.isCorrelated && hasPath ? segmentBlocks : 1;
  const [shannon, policy] = [new Tally(batch), new Tally(batch)];
  const ratios = group.map((receiver) => receiver.snr.ratioAt(0));
  const weakest = least(ratios);
  const rate = rateOf({ ...link, policy: groupPolicy(link, group, 0) }, weakest);
  const { knowledge } = link;
  const own = group.indexOf(link);
  for (let segment = 0; segment * segmentBlocks < draws; segment++) {
    const places = stream(scenario.seed, 'link-study', link.id, segment);
    const start = places.below(segments) * segmentBlocks;
    const streams = group.map(({ id }) => stream(scenario.seed, 'link-study', id, segment, 'gains'));
    const estimates = stream(scenario.seed, 'link-study', link.id, segment, 'estimates');
    const blocks = Math.min(segmentBlocks, draws - segment * segmentBlocks);
    for (let block = 0; block < blocks; block++) {
      let worst = Infinity;
      for (let i = 0; i < group.length; i++) {
        const { path, law } = group[i]!;
        const gain = hasPath ? path.gainAt(start + block) : law.draw(streams[i]!);
        if (i === own) shannon.add(capacityBps(link.bandwidthHz, snr, gain));
        worst = Math.min(worst, (gain * ratios[i]!) / weakest);
      }
      const isOwn = link.scheduled === null || places.uniform() < link.scheduled(link.law.cdf(worst));
      if (knowledge !== null) {
        const age = hasPath ? Math.ceil(knowledge.delaySeconds / link.coherenceSeconds - 1e-6) : 0;
        const known = age === 0 ? worst : link.path.gainAt(Math.max(0, start + block - age));
        const believed = { gain: drawEstimate(known, knowledge, estimates), snr: snr / knowledge.margin };
        const isHeard = isCarried(link.policy, { gain: worst, snr }, believed);
        policy.add(isHeard ? link.policy.rateBps(believed.gain, believed.snr) * link.timeShare : 0);
        continue;
      }
      policy.add(isOwn ? rate(worst) : 0);
    }
  }
  return { ergodicBps: shannon.estimate, policyBps: policy.estimate };
}
