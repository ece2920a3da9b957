import {
  givesAll,
  perClientFindings,
  valueFinding,
  type ValueRule,
} from '../../../settings/per-client-findings.js';
import type { KeyedClient } from '../../../settings/per-client.js';
import { must, plausible, type Finding, type Plausible, type Rule } from '../../../settings/rule.js';
import { nameOf } from '../../../strategies/strategy.js';
import { keyedClients, quantitiesOf } from './client-direction.js';
import type { Direction, DirectionSettings, DownlinkSettings } from './settings.js';
import type { Transmitter } from './transmitter.js';

interface Radio {
  readonly seed: number;
  readonly channel: { readonly uplink: DirectionSettings; readonly downlink: DownlinkSettings };
  readonly clients: { readonly count: number };
}

const directions: readonly Direction[] = ['uplink', 'downlink'];
const keys = ['meanSnrDb', 'powerWatts', 'bandwidthHz'] as const;

/** What a link's budget can be in this world. */
const budget: Readonly<Record<(typeof keys)[number], Plausible>> = {
  meanSnrDb: { from: -30, to: 60, unit: 'dB', advice: 'a ratio of 3.16 is 5 dB' },
  powerWatts: { from: 1e-6, to: 1e3, unit: 'watts', advice: '30 dBm is 1 watt' },
  bandwidthHz: { from: 1e3, to: 1e10, unit: 'Hz', advice: '1 MHz is 1000000' },
};

export const directionRules: readonly Rule<Radio>[] = [
  {
    states: 'a broadcast has the whole band',
    findings: ({ channel: { downlink } }) =>
      must(
        downlink.cast !== 'broadcast' || nameOf(downlink.sharing) === 'orthogonal',
        '/channel/downlink/cast',
        downlink.cast,
        `"unicast" where the sharing of the downlink is "${nameOf(downlink.sharing)}"`,
        'a broadcast is not shared: set /channel/downlink/sharing to "orthogonal"',
      ),
  },
  {
    states: 'what clients have of a link each for themselves is given for each of them',
    findings: ({ channel, clients: { count } }) =>
      directions.flatMap((direction) =>
        keys.flatMap((key) =>
          perClientFindings(channel[direction][key], `/channel/${direction}/${key}`, count),
        ),
      ),
  },
  {
    states: 'power and bandwidth are above 0',
    findings: (scenario) =>
      findingsOf(scenario, ['powerWatts', 'bandwidthHz'], ({ unit }) => ({
        holds: (value) => value > 0,
        expected: `a number of ${unit} above 0`,
        advice: 'cut a normal off by its from',
      })),
  },
  {
    states: 'a band that clients share is one band',
    findings: ({ channel }) =>
      directions.map((direction) => {
        const { bandwidthHz, sharing } = channel[direction];
        const expected = `one number where the sharing of the ${direction} is "${nameOf(sharing)}"`;
        const isOne = typeof bandwidthHz === 'number';
        return must(
          isOne || nameOf(sharing) === 'orthogonal',
          `/channel/${direction}/bandwidthHz`,
          bandwidthHz,
          expected,
        );
      }),
  },
  {
    states: 'a broadcast has one power and one bandwidth',
    findings: ({ channel: { downlink } }) =>
      (['powerWatts', 'bandwidthHz'] as const).map((key) =>
        must(
          downlink.cast !== 'broadcast' || typeof downlink[key] === 'number',
          `/channel/downlink/${key}`,
          downlink[key],
          'one number where the downlink is "broadcast"',
        ),
      ),
  },
];

const transmitters = {
  amplifierEfficiency: { from: 0.001, to: 1, unit: 'as a share', advice: '35 % is 0.35' },
  circuitPowerWatts: { from: 0, to: 1e3, unit: 'watts', advice: '100 mW is 0.1' },
};

/** What is wrong with the transmitter whose settings stand at `pointer`. */
export function transmitterOfThisWorld(pointer: string, transmitter: Transmitter): Finding[] {
  return plausible(pointer, transmitter, transmitters);
}

export const budgetRule: Rule<Radio> = {
  states: 'power, ratio and bandwidth of a link are of this world',
  findings: (scenario) => [
    ...findingsOf(scenario, keys, ({ from, to, unit, advice }) => ({
      holds: (value) => value >= from && value <= to,
      expected: `${from} to ${to} ${unit}`,
      advice,
    })),
    ...directions.flatMap((direction) =>
      transmitterOfThisWorld(`/channel/${direction}`, scenario.channel[direction]),
    ),
  ],
};

/** Whether each client's direction can be told; else the rules above say what is missing. */
export function tellsAll({ channel, clients }: Omit<Radio, 'seed'>, direction: Direction): boolean {
  return keys.every((key) => givesAll(channel[direction][key], clients.count));
}

/** What is wrong with the values of clients, in either direction. */
function findingsOf(
  { seed, channel, clients }: Radio,
  which: readonly (typeof keys)[number][],
  ruleOf: (plausible: Plausible) => ValueRule,
): Finding[] {
  const keyed: readonly KeyedClient[] = keyedClients({ seed, clients });
  return directions.flatMap((direction) => {
    const quantities = quantitiesOf(direction);
    return which.map((key) => {
      const place = { pointer: `/channel/${direction}/${key}`, quantity: quantities[key] };
      return valueFinding(channel[direction][key], place, keyed, ruleOf(budget[key]));
    });
  });
}
