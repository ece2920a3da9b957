import Type, { type Static } from 'typebox';
import { atLeastZero, closed, count, nullable } from '../settings/form.js';

export const method = Type.Enum(
  ['pwff', 'vanilla-fl', 'fedada', 'fedlora', 'sfl', 'pfl', 'shepherd', 'local-only'],
  { default: 'pwff' },
);

export type MethodName = Static<typeof method>;

export const compression = Type.Enum(['none', 'float16'], {
  default: 'none',
  description: 'of every parameter that travels',
});

export type CompressionName = Static<typeof compression>;

export const Server = closed(
  {
    quorum: count(
      1,
      1,
      'updates without which a round is lost and the global model stays; in stage 2 for each reward model',
    ),
    selection: Type.Enum(['all', 'random'], { default: 'all', description: 'who takes part in a round' }),
    selectionFraction: Type.Number({
      exclusiveMinimum: 0,
      maximum: 1,
      default: 1,
      description: 'share of the clients that "random" takes, rounded up',
    }),
    aggregation: Type.Enum(['fedavg', 'uniform'], {
      default: 'fedavg',
      description: 'fedavg: mean weighted by training rows; uniform: plain mean',
    }),
    late: Type.Enum(['discard', 'accept'], {
      default: 'discard',
      description:
        'an update of an earlier round of the same stage: dropped, or averaged with a staleness weight',
    }),
    stalenessExponent: atLeastZero(0.5, 'a in the weight (1 + staleness)^-a of an accepted late update'),
    gigaflopsPerSecond: nullable(
      Type.Number({ exclusiveMinimum: 0 }),
      'speed of the server: an aggregate takes two operations for each parameter of each update; null: no time',
    ),
    discipline: Type.Enum(['synchronous'], {
      default: 'synchronous',
      description: 'when updates make a new version, and who is sent it; synchronous: rounds',
    }),
  },
  { default: {} },
);

export type Server = Static<typeof Server>;
