import type { Link } from './link.js';
import { worstOf } from './rate-policies/block-law.js';
import type { RatePolicy } from './rate-policies/rate-policy.js';

/** The latest of each group, by its first receiver: the links of a broadcast share it. */
const latest = new WeakMap<Link, { readonly key: string; readonly policy: RatePolicy }>();

/**
 * The policy of a link's attempt to a group of receivers: its own where it is alone; else that of a sender
 * that counts on the worst receiver of each block, at their mean ratios of that time. Gains are then relative
 * to the least of these ratios.
 */
export function groupPolicy(link: Link, group: readonly Link[], atSeconds: number): RatePolicy {
  if (group.length === 1) return link.policy;
  const receivers = group.map(({ law, snr }) => ({ law, ratio: snr.ratioAt(atSeconds) }));
  const key = [link.bandwidthHz, ...receivers.map(({ ratio }) => ratio)].join();
  const known = latest.get(group[0]!);
  if (known?.key === key) return known.policy;
  const policy = link.policyUnder(worstOf(receivers));
  latest.set(group[0]!, { key, policy });
  return policy;
}
