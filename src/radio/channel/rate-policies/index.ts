import type { Scenario } from '../../../scenario/schema.js';
import type { GainLaw } from '../fading.js';
import { capacity } from './capacity.js';
import { cutoff } from './cutoff.js';
import { fixed } from './fixed.js';
import { inversion } from './inversion.js';
import { mcs } from './mcs.js';
import type { RatePolicy, RatePolicyMaker, RateSettings } from './rate-policy.js';

/** By the name that a scenario's `channel.rate` gives. */
export const ratePolicies: Readonly<Record<Scenario['channel']['rate'], RatePolicyMaker>> = {
  capacity,
  fixed,
  cutoff,
  inversion,
  mcs,
};

/** The policy that the scenario names; RangeError where its cutoff asks for infinite power ("inversion"). */
export function ratePolicy(channel: RateSettings, bandwidthHz: number, law: GainLaw): RatePolicy {
  return ratePolicies[channel.rate](channel, bandwidthHz, law);
}
