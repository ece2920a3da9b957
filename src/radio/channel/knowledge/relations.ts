import { nameOf } from '../../../strategies/strategy.js';
import { must, type Rule } from '../../../settings/rule.js';
import type { DownlinkSettings } from '../directions/settings.js';
import type { RateSettings } from '../rate-policies/settings.js';
import type { KnowledgeSettings } from './settings.js';

type Channel = KnowledgeSettings & Pick<RateSettings, 'rate'> & { readonly downlink: DownlinkSettings };

export const knowledgeRules: readonly Rule<{ channel: Channel }>[] = [
  {
    states: 'only a sender that follows its gain can know it badly',
    findings: ({ channel: { knowledge, rate } }) =>
      must(
        knowledge === null || nameOf(rate) !== 'fixed',
        '/channel/knowledge',
        knowledge,
        'null where rate is "fixed"',
        'its sender knows nothing of the gain',
      ),
  },
  {
    states: 'who sends at the worst of several gains knows them',
    findings: ({ channel: { knowledge, downlink } }) =>
      must(
        knowledge === null || downlink.cast !== 'broadcast',
        '/channel/downlink/cast',
        downlink.cast,
        '"unicast" where there is `knowledge`',
        'estimates of several receivers at once are not simulated',
      ),
  },
];
