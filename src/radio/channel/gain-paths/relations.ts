import { nameOf } from '../../../strategies/strategy.js';
import { perClientFindings, valueFinding } from '../../../settings/per-client-findings.js';
import { must, plausible, type Plausible, type Rule } from '../../../settings/rule.js';
import { keyedClients } from '../directions/client-direction.js';
import type { FadingSettings } from '../fading/settings.js';
import { speedQuantity } from './doppler.js';
import type { GainPathSettings } from './settings.js';

/** What sets the pace of the gain, in this world. */
const paces = {
  carrierHz: { from: 1e6, to: 1e12, unit: 'Hz', advice: '2 GHz is 2000000000' },
  dopplerHz: { from: 0, to: 1e5, unit: 'Hz', advice: '30 m/s at 2 GHz make 200' },
};

const speeds: Plausible = { from: 0, to: 1e4, unit: 'meters per second', advice: '36 km/h is 10' };

/** The length of a block. */
const block = { coherenceSeconds: { from: 1e-5, to: 100, unit: 'seconds', advice: '50 ms is 0.05' } };

interface Radio {
  readonly seed: number;
  readonly clients: { readonly count: number };
  readonly channel: GainPathSettings & Pick<FadingSettings, 'fading'>;
}

export const gainPathRules: readonly Rule<Radio>[] = [
  {
    states: 'only a gain that varies by a law has a correlation to be chosen',
    findings: ({ channel: { fading, correlation } }) =>
      must(
        (fading !== 'trace' && fading !== 'none') || correlation === 'independent',
        '/channel/correlation',
        correlation,
        `"independent" where fading is "${nameOf(fading)}"`,
        fading === 'trace' ? 'a trace has its own correlation' : 'a constant gain has none',
      ),
  },
  {
    states: 'carrier and Doppler shift are of this world',
    findings: ({ channel }) => plausible('/channel', channel, paces),
  },
  {
    states: 'each client has a speed, of this world',
    findings: (scenario) => {
      const { speedMetersPerSecond: speed } = scenario.channel;
      const place = { pointer: '/channel/speedMetersPerSecond', quantity: speedQuantity };
      const { from, to, unit, advice } = speeds;
      const holds = (value: number) => value >= from && value <= to;
      const rule = { holds, expected: `${from} to ${to} ${unit}`, advice };
      return [
        ...perClientFindings(speed, place.pointer, scenario.clients.count),
        valueFinding(speed, place, keyedClients(scenario), rule),
      ];
    },
  },
];

export const blockRule: Rule<{ channel: GainPathSettings }> = {
  states: 'the gain changes at a pace that a channel can have',
  findings: ({ channel }) => plausible('/channel', channel, block),
};
