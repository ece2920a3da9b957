import Type, { type Static } from 'typebox';
import { closed, closedOrNull, count, nullable } from '../settings/form.js';

export const Measure = closed(
  {
    every: count(
      1,
      1,
      'rounds of a stage from one measurement to the next; its start and its last round are always measured',
    ),
    clients: nullable(
      Type.Integer({ minimum: 1 }),
      'clients that are measured, drawn once for the run; null: all',
    ),
    prompts: nullable(
      Type.Integer({ minimum: 1 }),
      'held-out prompts of a client that alignment is measured on, drawn once for the run; null: all',
    ),
    promptsAtEnds: nullable(
      Type.Integer({ minimum: 1 }),
      'the same before alignment and after its last round, which the summary tells of; those of `prompts` are ' +
        'among them if these are more; null: as many as `prompts`',
    ),
    newcomerSteps: count(
      0,
      32,
      'optimizer steps by which each of `clients.newcomers` tunes its private parts before it is measured again',
    ),
    others: closedOrNull(
      {
        every: nullable(
          Type.Integer({ minimum: 1 }),
          'rounds of a stage from one to the next, among those that are measured; null: its start and its last round',
        ),
        rows: nullable(
          Type.Integer({ minimum: 1 }),
          'test rows of each client, drawn once for the run; null: all',
        ),
      },
      'each client’s model on its training rows and on test rows of every other client, of nobody and of newcomers, ' +
        'in stages 1 and 3 (docs/overfitting.md): as many passes as there are clients, of each client; null: not measured',
    ),
  },
  { default: {}, description: 'what is measured besides the protocol, which it does not touch' },
);

export type Measure = Static<typeof Measure>;
