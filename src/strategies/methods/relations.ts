import { isOverTheAir } from '../../radio/channel/directions/sharing.js';
import type { Channel } from '../../radio/channel/settings.js';
import { must, type Rule } from '../../settings/rule.js';
import type { Server } from '../settings.js';
import { nameOf } from '../strategy.js';
import { methods } from './index.js';
import type { Method } from './method.js';

interface Round {
  readonly method: string;
  readonly server: Server;
  readonly clients: { readonly count: number };
  readonly data: { readonly pooledFrom: number | null };
  readonly channel: Channel;
}

interface Around {
  readonly own?: { readonly methods?: readonly Method[] };
}

/** A method that puts updates together by a rule of its own leaves less to the scenario. */
export const methodRules: readonly Rule<Round, Around>[] = [
  {
    states: 'a method with all data in one place has one client, which holds them',
    findings: ({ method, clients: { count }, data: { pooledFrom } }, { own }) =>
      must(
        !methodOf(method, own?.methods)?.isCentralised || (count === 1 && pooledFrom !== null),
        '/method',
        method,
        'a method of several clients, or one client that holds the data of several',
        'set /clients/count to 1 and /data/pooledFrom to the number of those whose data it holds',
      ),
  },
  {
    states: 'a method that puts all of its updates together by itself is asked for no other rule',
    findings: ({ method, server: { aggregation } }, { own }) => {
      const shared = sharedSlots(methodOf(method, own?.methods));
      const leaves = shared.length === 0 || shared.some(({ combine }) => combine === undefined);
      return must(
        leaves || nameOf(aggregation) === 'fedavg',
        '/server/aggregation',
        aggregation,
        `"fedavg", which is left to reward models where the method is "${method}"`,
        'the method has a rule of its own for adapters and LoRA',
      );
    },
  },
  {
    states: 'what a method puts together by a rule of its own comes one by one',
    findings: ({ method, channel }, { own }) => {
      const shared = sharedSlots(methodOf(method, own?.methods));
      return must(
        !isOverTheAir(channel.uplink.sharing) || shared.every(({ combine }) => combine === undefined),
        '/method',
        method,
        'a method whose updates are averaged where the sharing of the uplink is "over-the-air"',
        'the server hears their sum and nothing else',
      );
    },
  },
];

/** The caller's own method of a name, or the one of the table; undefined: there is none. */
export function methodOf(name: string, own: readonly Method[] = []): Method | undefined {
  return own.find((method) => method.name === name) ?? (methods as Readonly<Record<string, Method>>)[name];
}

/** Slots of which something travels. */
export const sharedSlots = (method: Method | undefined) =>
  (method?.slots ?? []).filter(({ parts }) => parts.some(({ share }) => share !== 'never'));
