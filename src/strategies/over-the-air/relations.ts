import { attacks } from '../../learning/clients/attacks/index.js';
import type { Clients } from '../../learning/clients/settings.js';
import { isOverTheAir } from '../../radio/channel/directions/sharing.js';
import type { Channel } from '../../radio/channel/settings.js';
import { must, type Rule } from '../../settings/rule.js';
import type { AggregationStrategy } from '../aggregation/aggregation.js';
import { aggregations } from '../aggregation/index.js';
import type { Server } from '../settings.js';
import { made, nameOf, named, optionsOf } from '../strategy.js';

interface Round {
  readonly clients: Pick<Clients, 'poisoned'>;
  readonly server: Server;
  readonly channel: Channel;
}

interface Around {
  readonly own?: { readonly aggregations?: readonly AggregationStrategy[] };
}

const where = 'where the sharing of the uplink is "over-the-air"';

/** A sum over the air is of one version, and all that the server hears. */
export const overTheAirRules: readonly Rule<Round, Around>[] = [
  {
    states: 'an aggregation over the air reads nothing but the mean of the updates',
    findings: ({ server: { aggregation }, channel }, { own }) => {
      if (!isOverTheAir(channel.uplink.sharing)) return false;
      const strategy =
        own?.aggregations?.find(({ name }) => name === nameOf(aggregation)) ??
        named(aggregations, aggregation);
      return must(
        (strategy.overTheAir?.(optionsOf(strategy, aggregation)) ?? null) !== null,
        '/server/aggregation',
        aggregation,
        `a rule of the mean alone ${where}`,
        `"${nameOf(aggregation)}" has to see updates one by one; use ${meanRules}`,
      );
    },
  },
  {
    states: 'clients over the air work on one version',
    findings: ({ server: { discipline, late }, channel }) => {
      if (!isOverTheAir(channel.uplink.sharing)) return false;
      return [
        must(
          nameOf(discipline) === 'synchronous',
          '/server/discipline',
          discipline,
          `"synchronous" ${where}`,
          'a slot is for all who work on one version',
        ),
        must(
          late === 'discard',
          '/server/late',
          late,
          `"discard" ${where}`,
          'who misses the slot is not heard',
        ),
      ];
    },
  },
  {
    states: 'over the air the server is asked for no check that takes a single update',
    findings: ({ clients: { poisoned }, server: { maxUpdateNorm }, channel }) => {
      if (!isOverTheAir(channel.uplink.sharing)) return false;
      const lies = poisoned !== null && made(attacks, poisoned.attack, {}).lie !== undefined;
      const advice = 'the server hears the sum alone, and cannot tell whose value is wrong';
      return [
        must(maxUpdateNorm === null, '/server/maxUpdateNorm', maxUpdateNorm, `null ${where}`, advice),
        must(
          !lies,
          '/clients/poisoned/attack',
          poisoned?.attack,
          `an attack that tells no lie ${where}`,
          advice,
        ),
      ];
    },
  },
];

const meanRules = Object.values(aggregations as Readonly<Record<string, AggregationStrategy>>)
  .filter(({ overTheAir }) => overTheAir !== undefined)
  .map(({ name }) => `"${name}"`)
  .join(', ');
