import { isOverTheAir } from '../../radio/channel/directions/sharing.js';
import type { Channel } from '../../radio/channel/settings.js';
import { must, type Finding, type Rule } from '../../settings/rule.js';
import type { AggregationStrategy } from '../aggregation/aggregation.js';
import { aggregations } from '../aggregation/index.js';
import { combinations } from '../combination/index.js';
import { uplinkChoices } from '../compression/by-part.js';
import type { CodecStrategy } from '../compression/codec.js';
import { codecs } from '../compression/index.js';
import { methods } from '../methods/index.js';
import type { Method } from '../methods/method.js';
import { methodOf, sharedSlots } from '../methods/relations.js';
import type { Server } from '../settings.js';
import { nameOf, named, optionsOf } from '../strategy.js';

interface Round {
  readonly method: string;
  readonly server: Server;
  readonly channel: Channel;
}

interface Around {
  readonly own?: {
    readonly methods?: readonly Method[];
    readonly aggregations?: readonly AggregationStrategy[];
    readonly codecs?: readonly CodecStrategy[];
  };
}

const where = 'where /server/partial is set';

/** Only where the server uses updates that came in part. */
const whereUsed =
  (findings: Rule<Round, Around>['findings']): Rule<Round, Around>['findings'] =>
  (round, around) =>
    round.server.partial === null ? false : findings(round, around);

/** What a part of an update can be used of, and by. */
export const partialRules: readonly Rule<Round, Around>[] = [
  {
    states: 'an update comes in part where it is cut into packets',
    findings: whereUsed(({ server: { partial }, channel: { packetBits, uplink } }) => {
      if (isOverTheAir(uplink.sharing)) {
        const expected = 'null where the sharing of the uplink is "over-the-air"';
        return must(
          false,
          '/server/partial',
          partial,
          expected,
          'the server hears a sum, which has no packets',
        );
      }
      const advice = 'set /channel/packetBits to cut messages into packets';
      return must(
        packetBits !== null,
        '/server/partial',
        partial,
        'null where /channel/packetBits is null',
        advice,
      );
    }),
  },
  {
    states: 'an aggregation of updates that came in part goes tensor by tensor',
    findings: whereUsed(({ server: { aggregation } }, { own }) =>
      must(
        (
          own?.aggregations?.find(({ name }) => name === nameOf(aggregation)) ??
          named(aggregations, aggregation)
        ).bearsPartial === true,
        '/server/aggregation',
        aggregation,
        `a rule that goes tensor by tensor ${where}`,
        `"${nameOf(aggregation)}" needs whole updates; use ${listed(aggregations, isBearing)}, or set ` +
          '/server/partial to null',
      ),
    ),
  },
  {
    states: 'a method whose updates come in part leaves them to such an aggregation',
    findings: whereUsed(({ method }, { own }) => {
      const bears = (each: Method | undefined) =>
        sharedSlots(each).every(
          ({ combine }) =>
            combine === undefined || isBearing(named<AggregationStrategy>(combinations, combine)),
        );
      return must(
        bears(methodOf(method, own?.methods)),
        '/method',
        method,
        `a method whose updates are averaged tensor by tensor ${where}`,
        `"${method}" needs whole updates; use ${listed(methods, bears)}, or set /server/partial to null`,
      );
    }),
  },
  {
    states: 'what comes in part is encoded tensor by tensor',
    findings: whereUsed(({ channel }, { own }) =>
      uplinkChoices(channel).flatMap(([pointer, choice]): Finding[] => {
        const codec: CodecStrategy =
          own?.codecs?.find(({ name }) => name === nameOf(choice)) ?? named<CodecStrategy>(codecs, choice);
        const entropy = optionsOf(codec, choice)['entropy'] ?? 'none';
        return [
          must(
            codec.byTensor === true,
            pointer,
            choice,
            `a codec that encodes each tensor by itself ${where}`,
            `use ${listed(codecs as Readonly<Record<string, CodecStrategy>>, ({ byTensor }) => byTensor === true)}`,
          ),
          must(
            entropy === 'none',
            pointer,
            choice,
            `entropy "none" ${where}`,
            'coded bytes do not say where a tensor begins',
          ),
        ];
      }),
    ),
  },
];

const isBearing = ({ bearsPartial }: AggregationStrategy) => bearsPartial === true;

/** The names of a table's entries that fit. */
function listed<S>(table: Readonly<Record<string, S>>, fits: (each: S) => boolean): string {
  return Object.entries(table)
    .filter(([, each]) => fits(each))
    .map(([name]) => `"${name}"`)
    .join(', ');
}
