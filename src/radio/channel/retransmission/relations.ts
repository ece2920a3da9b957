import { must, type Rule } from '../../../settings/rule.js';
import type { RateSettings } from '../rate-policies/settings.js';
import type { RetransmissionSettings } from './settings.js';

type Channel = RetransmissionSettings & Pick<RateSettings, 'rate'>;

export const retransmissionRules: readonly Rule<{ channel: Channel }>[] = [
  {
    states: 'attempts are combined only where the rate is fixed',
    findings: ({ channel: { retransmission, rate } }) =>
      must(
        rate === 'fixed' || !retransmission.startsWith('harq-'),
        '/channel/retransmission',
        retransmission,
        `"none" or "arq" where rate is "${rate}"`,
        'a sender that knows the gain leaves nothing to combine; set /channel/rate to "fixed"',
      ),
  },
  {
    states: 'packets have headers only where there are packets',
    findings: ({ channel: { packetBits, packetHeaderBits } }) =>
      must(
        packetBits !== null || packetHeaderBits === 0,
        '/channel/packetHeaderBits',
        packetHeaderBits,
        '0 where packetBits is null',
        'set /channel/packetBits to cut messages into packets',
      ),
  },
  {
    states: 'a sender hears of what has arrived now and then',
    findings: ({ channel: { ackLossProbability } }) =>
      must(
        ackLossProbability < 1,
        '/channel/ackLossProbability',
        ackLossProbability,
        'below 1',
        'at 1 no sender ever learns that a message has arrived',
      ),
  },
];
