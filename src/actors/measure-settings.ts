import Type, { type Static } from 'typebox';
import { closed, count, nullable } from '../settings/form.js';

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
  },
  { default: {}, description: 'what is measured besides the protocol, which it does not touch' },
);

export type Measure = Static<typeof Measure>;
