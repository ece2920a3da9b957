import type { BlockLaw } from './block-law.js';
import { capacity } from './capacity.js';
import { cutoff } from './cutoff.js';
import { fixed } from './fixed.js';
import { inversion } from './inversion.js';
import { mcs } from './mcs.js';
import type { RatePolicy, RatePolicyMaker } from './rate-policy.js';
import type { RateSettings } from './settings.js';

/** By the name that a scenario's `channel.rate` gives. */
export const ratePolicies: Readonly<Record<RateSettings['rate'], RatePolicyMaker>> = {
  capacity,
  fixed,
  cutoff,
  inversion,
  mcs,
};

/** The policy that the scenario names; RangeError where its cutoff asks for infinite power ("inversion"). */
export function ratePolicy(channel: RateSettings, bandwidthHz: number, law: BlockLaw): RatePolicy {
  return ratePolicies[channel.rate](channel, bandwidthHz, law);
}
