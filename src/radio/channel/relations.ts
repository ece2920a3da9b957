import { plausible, type Rule } from '../../settings/rule.js';
import { airRules } from '../air/relations.js';
import { sharedBandRules } from '../cell/relations.js';
import { budgetRule, directionRules } from './directions/relations.js';
import { fadingRules } from './fading/relations.js';
import { faultRules } from './faults/relations.js';
import { blockRule, gainPathRules } from './gain-paths/relations.js';
import { interferenceRules } from './interference/relations.js';
import { cellRules } from './large-scale/relations.js';
import { knowledgeRules } from './knowledge/relations.js';
import { lossRules } from './losses/relations.js';
import { powerControlRules } from './power-control/relations.js';
import { rateRules } from './rate-policies/relations.js';
import { retransmissionRules } from './retransmission/relations.js';
import type { Channel } from './settings.js';

interface Radio {
  readonly seed: number;
  readonly channel: Channel;
  readonly clients: { readonly count: number };
}

const milliwatts = { from: 0, to: 1e3, unit: 'watts', advice: '100 mW is 0.1' };

const waitingRule: Rule<{ channel: Channel }> = {
  states: 'the power of listening and of waiting is of this world',
  findings: ({ channel }) =>
    plausible('/channel', channel, { receivePowerWatts: milliwatts, idlePowerWatts: milliwatts }),
};

/**
 * Relations between the settings of the radio link, which a run and a study of one link hold to alike. What
 * they refuse would either mean nothing or end a run with nothing ever sent.
 */
export const channelRules: readonly Rule<Radio>[] = [
  ...fadingRules,
  ...gainPathRules,
  blockRule,
  ...rateRules,
  ...knowledgeRules,
  ...lossRules,
  ...retransmissionRules,
  ...directionRules,
  ...sharedBandRules,
  ...airRules,
  budgetRule,
  ...powerControlRules,
  ...cellRules,
  ...interferenceRules,
  waitingRule,
  ...faultRules,
];
