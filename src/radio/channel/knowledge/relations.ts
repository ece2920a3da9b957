import { nameOf } from '../../../strategies/strategy.js';
import { must, type Rule } from '../../../settings/rule.js';
import type { Direction, DirectionSettings, DownlinkSettings } from '../directions/settings.js';
import type { RateSettings } from '../rate-policies/settings.js';
import type { KnowledgeSettings } from './settings.js';

type Channel = KnowledgeSettings &
  Pick<RateSettings, 'rate'> &
  Readonly<Record<Direction, DirectionSettings>> & { readonly downlink: DownlinkSettings };

const directions: readonly Direction[] = ['uplink', 'downlink'];

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
    states: 'who gives out blocks by their gain, or sends at the worst of several, knows the gains',
    findings: ({ channel }) =>
      channel.knowledge !== null && [
        must(
          channel.downlink.cast !== 'broadcast',
          '/channel/downlink/cast',
          channel.downlink.cast,
          '"unicast" where there is `knowledge`',
          'estimates of several receivers at once are not simulated',
        ),
        ...directions.map((direction) =>
          must(
            channel[direction].sharing !== 'proportional-fair',
            `/channel/${direction}/sharing`,
            channel[direction].sharing,
            'another sharing where there is `knowledge`',
            'a scheduler that ranks estimates is not simulated',
          ),
        ),
      ],
  },
];
