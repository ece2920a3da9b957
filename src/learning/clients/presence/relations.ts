import { must, type Rule } from '../../../settings/rule.js';
import { nameOf, optionsOf } from '../../../strategies/strategy.js';
import type { Clients } from '../settings.js';
import { battery, type Battery } from './battery.js';

const pointer = '/clients/presence';

export const presenceRules: readonly Rule<{ clients: Pick<Clients, 'presence'> }>[] = [
  {
    states: 'a battery is charged within its period, for some time of it',
    findings: ({ clients: { presence } }) => {
      if (nameOf(presence) !== battery.name) return false;
      const options = optionsOf(battery, presence) as Battery;
      const { chargeWatts, chargeFromSeconds, chargeToSeconds, periodSeconds } = options;
      const inPeriod = (key: 'chargeFromSeconds' | 'chargeToSeconds') =>
        must(
          options[key] <= periodSeconds,
          `${pointer}/${key}`,
          options[key],
          `at most periodSeconds, ${periodSeconds}`,
        );
      return [
        inPeriod('chargeFromSeconds'),
        inPeriod('chargeToSeconds'),
        must(
          chargeWatts === 0 || chargeFromSeconds !== chargeToSeconds,
          `${pointer}/chargeToSeconds`,
          chargeToSeconds,
          `another time than chargeFromSeconds, ${chargeFromSeconds}`,
          'from 0 to periodSeconds charges always, chargeWatts 0 never',
        ),
      ];
    },
  },
];
