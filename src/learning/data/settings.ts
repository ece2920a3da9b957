import Type, { type Static } from 'typebox';
import type { Stage } from '../../../machines/protocol.js';
import { closed, count, fraction, nullable, positive } from '../../settings/form.js';

const rows = (what: string) =>
  Type.String({
    description: `${what}, JSON or JSON lines, plain or .gz (docs/data.md has the layouts)`,
  });

const Files = closed({
  instructions: rows('instructions with answers'),
  helpful: Type.Optional(rows('preference pairs of helpfulness')),
  harmless: Type.Optional(rows('preference pairs of harmlessness')),
});

const Synthetic = closed(
  {
    styleStrength: fraction(1, 'share of answers that a client gives in its own style; 0: all answer alike'),
    styles: count(1, 5, 'number of different styles, dealt to the clients in turn'),
    facts: count(0, 24, 'words that the base model does not know, split over the clients'),
    factHolders: nullable(
      Type.Integer({ minimum: 1 }),
      'how many clients are taught each fact; null: three, or all but one where they are fewer than four; ' +
        'a single client is taught none',
    ),
    factShare: fraction(0.3, 'share of training rows that teach facts'),
    sensitiveShare: fraction(0.2, 'share of training rows that are sensitive requests'),
  },
  { default: {}, description: 'dials of the embedded, synthetic corpus; unused where `files` is given' },
);

export const Data = closed(
  {
    files: nullable(
      Files,
      'real data from files, relative to the scenario file; null: the embedded synthetic corpus',
    ),
    pooledFrom: nullable(
      Type.Integer({ minimum: 1 }),
      'the run has one client, which holds the rows of so many, dealt as to them; null: each client has its own',
    ),
    examplesPerClient: count(8, 240, 'training rows of a client, in the mean'),
    testPerClient: count(4, 48, 'held-out rows a client is measured on; as many again for validation'),
    pairsPerClient: count(
      6,
      96,
      'preference pairs of each objective; a sixth of them validates, and a sixth tests',
    ),
    maxTokens: nullable(
      Type.Integer({ minimum: 2 }),
      'longest row, in tokens: a longer one is cut, its prompt first; null: as long as the model has positions',
    ),
    dirichletAlpha: positive(
      0.5,
      'concentration of the class proportions; small: each client has few classes',
    ),
    synthetic: Synthetic,
  },
  { default: {}, description: 'what clients train on and are measured on' },
);

export type Data = Static<typeof Data>;

/** What of a scenario says how data is dealt to its clients. */
export interface Dealing {
  /** The scenario's, for messages. */
  readonly name: string;
  readonly data: Data;
  /** Those of the run; pairs are for stages 2 and 3 alone. */
  readonly stages: readonly Stage[];
  readonly clients: { readonly count: number; readonly newcomers?: number };
}
