import { must, type Rule } from '../../settings/rule.js';
import { nameOf } from '../../strategies/strategy.js';
import { isScheduled } from '../channel/directions/sharing.js';
import type { Channel } from '../channel/settings.js';

const directions = ['uplink', 'downlink'] as const;

/** Schedulers that rank senders by what a block carries. */
const rankers: ReadonlySet<string> = new Set(['proportional-fair', 'max-snr']);

/** What no scheduler can divide, or not one of this name; each ends with "where the sharing of … is …". */
const refusals: readonly {
  readonly key: 'rate' | 'knowledge' | 'gilbertElliott';
  readonly isIn: (channel: Channel, scheduler: string) => boolean;
  readonly expected: string;
  readonly advice: string;
}[] = [
  {
    key: 'rate',
    isIn: ({ rate }) => rate === 'fixed',
    expected: 'a rate that follows the gain',
    advice:
      'its scheduler asks what a part of the band carries; use "capacity", "mcs", "cutoff" or "inversion"',
  },
  {
    key: 'rate',
    isIn: ({ rate }, scheduler) => rate === 'inversion' && rankers.has(scheduler),
    expected: 'another rate',
    advice: 'a sender that inverts its gain has one rate, so that its scheduler has nothing to rank',
  },
  {
    key: 'rate',
    isIn: ({ rate }) => rate === 'finite-blocklength',
    expected: 'another rate',
    advice: 'how many codewords a packet takes of a band that others share is not simulated; use "capacity"',
  },
  {
    key: 'knowledge',
    isIn: ({ knowledge }) => knowledge !== null,
    expected: 'null',
    advice: 'its scheduler knows the gains exactly',
  },
  {
    key: 'gilbertElliott',
    isIn: ({ gilbertElliott }) => gilbertElliott !== null,
    expected: 'null',
    advice: 'losses in bursts need a band of the link’s own; use lossProbability',
  },
];

/** A scheduler has to know what a sender's part of the band carries in the block at hand. */
export const sharedBandRules: readonly Rule<{ channel: Channel }>[] = [
  {
    states: 'a scheduler divides the band over senders that follow the gain, without bursts',
    findings: ({ channel }) =>
      directions
        .filter((direction) => isScheduled(channel[direction].sharing))
        .flatMap((direction) => {
          const scheduler = nameOf(channel[direction].sharing);
          const where = `where the sharing of the ${direction} is "${scheduler}"`;
          return refusals.map(({ key, isIn, expected, advice }) =>
            must(!isIn(channel, scheduler), `/channel/${key}`, channel[key], `${expected} ${where}`, advice),
          );
        }),
  },
];
