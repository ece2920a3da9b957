import Type, { type Static } from 'typebox';
import { closed, closedOrNull, count, fraction, nullable } from '../settings/form.js';

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
    shares: Type.Array(fraction(0, 'from the shared model, 0, to the personal one, 1'), {
      default: [],
      uniqueItems: true,
      description:
        'points between the shared model and the personal one at which accuracy on own and others’ rows is measured at ' +
        'the ends of stages 1 and 3, of methods that keep a slot to the client (docs/overfitting.md)',
    }),
    forgetting: closedOrNull(
      {
        rows: count(1, 64, 'rows of text, drawn once for the run'),
        file: nullable(
          Type.String({ minLength: 1 }),
          'plain text, relative to the scenario file; null: held-out rows of the embedded model’s corpus, of that model alone',
        ),
      },
      'perplexity of text that the base model was pretrained on, of each client’s model in stages 1 and 3 ' +
        '(docs/overfitting.md); null: not measured',
    ),
  },
  { default: {}, description: 'what is measured besides the protocol, which it does not touch' },
);

export type Measure = Static<typeof Measure>;
