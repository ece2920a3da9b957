import Type, { type Static } from 'typebox';
import { choice } from '../settings/choice.js';
import { atLeastZero, closed, count, nullable } from '../settings/form.js';
import { aggregations } from './aggregation/index.js';
import { allocations } from './allocation/index.js';
import { disciplines } from './disciplines/index.js';
import { methods } from './methods/index.js';
import { Partial } from './partial/settings.js';
import { selections } from './selection/index.js';

export const method = Type.Unsafe<string>(
  Type.Enum(Object.keys(methods), {
    default: 'pwff',
    description: 'what clients train and share: the paper’s PWFF, or what it is compared with',
  }),
);

export const Server = closed(
  {
    quorum: count(
      1,
      1,
      'updates without which a round is lost and the global model stays; in stage 2 for each reward model',
    ),
    selection: choice(Object.values(selections), {
      default: 'all',
      description: 'who takes part in a round',
    }),
    selectionFraction: Type.Number({
      exclusiveMinimum: 0,
      maximum: 1,
      default: 1,
      description: 'share of the clients at work at a time, rounded up',
    }),
    allocation: choice(Object.values(allocations), {
      default: 'equal',
      description:
        'bandwidth, power and clock of each client of a round, which its order carries; docs/cell.md has the formulas',
    }),
    aggregation: choice(Object.values(aggregations), {
      default: 'fedavg',
      description: 'how updates become the next global model; docs/strategies.md has the formulas',
    }),
    maxStaleness: nullable(
      Type.Integer({ minimum: 0 }),
      'versions that an update may be behind; null: 0 in rounds, 3 where they are semi-asynchronous, else no limit',
    ),
    late: Type.Enum(['discard', 'accept', 'reset', 'urge'], {
      default: 'discard',
      description:
        'an update further behind: dropped; counted all the same, with a staleness weight; dropped, and its ' +
        'client told to drop it and to download as soon as it is that far behind; or counted, and its client ' +
        'asked to hand in what it has as soon as it is as far behind as that',
    }),
    stalenessExponent: atLeastZero(0.5, 'a in the weight (1 + staleness)^-a of an accepted late update'),
    partial: Partial,
    maxUpdateNorm: Type.Union(
      [
        Type.Number({ exclusiveMinimum: 0 }),
        closed({
          timesMedian: Type.Number({
            minimum: 1,
            description: 'of the median norm of the updates of one kind that make a version',
          }),
        }),
        Type.Null(),
      ],
      {
        default: null,
        description:
          'an update whose change is longer is rejected: its Euclidean norm against what its work began with, a number or ' +
          'a multiple of the median; null: however long (docs/strategies.md)',
      },
    ),
    gigaflopsPerSecond: nullable(
      Type.Number({ exclusiveMinimum: 0 }),
      'speed of the server: an aggregate takes two operations for each parameter of each update; null: no time',
    ),
    joulesPerGigaflop: atLeastZero(0, 'energy of an aggregate, by the operations that it takes'),
    discipline: choice(Object.values(disciplines), {
      default: 'synchronous',
      description: 'when updates make a new version, and who is sent it; docs/strategies.md has the rules',
    }),
  },
  { default: {}, description: 'how the server closes a round' },
);

export type Server = Static<typeof Server>;
