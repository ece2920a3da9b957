import { must, type Rule } from '../../settings/rule.js';
import { nameOf } from '../../strategies/strategy.js';
import { isScheduled } from '../channel/directions/sharing.js';
import type { Channel } from '../channel/settings.js';

const directions = ['uplink', 'downlink'] as const;

/** Schedulers that rank senders by what a block carries. */
const rankers: ReadonlySet<string> = new Set(['proportional-fair', 'max-snr']);

/** What a scheduler cannot divide: it has to know what a sender's part of the band carries in the block at hand. */
export const sharedBandRules: readonly Rule<{ channel: Channel }>[] = [
  {
    states: 'a scheduler divides the band over senders that follow the gain, without bursts',
    findings: ({ channel }) =>
      directions
        .filter((direction) => isScheduled(channel[direction].sharing))
        .flatMap((direction) => [
          must(
            channel.rate !== 'fixed',
            '/channel/rate',
            channel.rate,
            `a rate that follows the gain where the sharing of the ${direction} is ${quoted(channel, direction)}`,
            'its scheduler asks what a part of the band carries; use "capacity", "mcs", "cutoff" or "inversion"',
          ),
          must(
            channel.rate !== 'inversion' || !rankers.has(nameOf(channel[direction].sharing)),
            '/channel/rate',
            channel.rate,
            `another rate where the sharing of the ${direction} is ${quoted(channel, direction)}`,
            'a sender that inverts its gain has one rate, so that its scheduler has nothing to rank',
          ),
          must(
            channel.knowledge === null,
            '/channel/knowledge',
            channel.knowledge,
            `null where the sharing of the ${direction} is ${quoted(channel, direction)}`,
            'its scheduler knows the gains exactly',
          ),
          must(
            channel.gilbertElliott === null,
            '/channel/gilbertElliott',
            channel.gilbertElliott,
            `null where the sharing of the ${direction} is ${quoted(channel, direction)}`,
            'losses in bursts need a band of the link’s own; use lossProbability',
          ),
        ]),
  },
];

const quoted = (channel: Channel, direction: 'uplink' | 'downlink') =>
  `"${nameOf(channel[direction].sharing)}"`;
