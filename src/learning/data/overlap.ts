import { sum } from '../../moments.js';
import { objectives, type Objective } from '../objective.js';
import type { ClientData, Example, PreferencePair, Prompt } from './types.js';

/** What training rows are for. */
export type Trained = 'instructions' | Objective | 'prompts';

/** How many held-out rows of one use are in training after all; counts are of rows. */
export interface Overlap {
  readonly purpose: Trained;
  readonly use: 'validation' | 'test' | 'shared';
  /** Whose training rows they are held against. */
  readonly against: Trained;
  readonly rows: number;
  /** Whose prompt (instruction and input) the same client trains on, and which it trains on as a whole. */
  readonly ownPrompts: number;
  readonly ownRows: number;
  /** The same of any client of the federation, the row's own among them. */
  readonly anyPrompts: number;
  readonly anyRows: number;
}

const counts = ['rows', 'ownPrompts', 'ownRows', 'anyPrompts', 'anyRows'] as const;
type Count = (typeof counts)[number];

type Row = Example | PreferencePair;
type Rows = (client: ClientData) => readonly Row[];

const trainingOf: Readonly<Record<Trained, Rows>> = {
  instructions: ({ train }) => train,
  helpful: ({ pairs }) => pairs.helpful.train,
  harmless: ({ pairs }) => pairs.harmless.train,
  prompts: ({ prompts }) => prompts.train,
};

type HeldOut = Pick<Overlap, 'purpose' | 'use'> & {
  readonly rowsOf: Rows;
  readonly against: readonly Trained[];
};

const heldOut: readonly HeldOut[] = [
  ...(['validation', 'test', 'shared'] as const).map((use): HeldOut => ({
    ...{ purpose: 'instructions', use, against: ['instructions'] },
    rowsOf: (client) => client[use],
  })),
  ...objectives.flatMap((purpose) =>
    (['validation', 'test'] as const).map((use): HeldOut => ({
      purpose,
      use,
      against: objectives,
      rowsOf: ({ pairs }) => pairs[purpose][use],
    })),
  ),
  {
    ...{ purpose: 'prompts', use: 'test', against: ['prompts', 'instructions', ...objectives] },
    rowsOf: ({ prompts }) => prompts.test,
  },
];

/**
 * Whether held-out means held out: of each client, how many of its rows that validate or test stand in its own
 * training, and in anybody's. Instructions are held against instructions, pairs against pairs of both objectives,
 * prompts of Step 3 against all that is trained on. Of `shared` rows others' training has to have the facts, and
 * may have the prompts.
 */
export function overlapsOf(clients: readonly ClientData[]): readonly ClientOverlap[] {
  const anybodys = knownEach((rowsOf) => clients.flatMap(rowsOf));
  return clients.flatMap((client) => {
    const own = knownEach((rowsOf) => rowsOf(client));
    return heldOut.flatMap(({ purpose, use, rowsOf, against }) => {
      const rows = rowsOf(client);
      return against.map((trained) => {
        const [mine, any] = [own[trained], anybodys[trained]];
        return {
          ...{ client: client.id, purpose, use, against: trained, rows: rows.length },
          ...{ ownPrompts: mine.prompts(rows), ownRows: mine.whole(rows) },
          ...{ anyPrompts: any.prompts(rows), anyRows: any.whole(rows) },
        };
      });
    });
  });
}

/** The same of one client. */
export interface ClientOverlap extends Overlap {
  readonly client: string;
}

/** Sums over the clients, in the order of the uses. */
export function totalOverlaps(overlaps: readonly ClientOverlap[]): readonly Overlap[] {
  return heldOut.flatMap(({ purpose, use, against }) =>
    against.map((trained) => {
      const each = overlaps.filter(
        (one) => one.purpose === purpose && one.use === use && one.against === trained,
      );
      const totals = counts.map((key) => [key, sum(each.map((one) => one[key]))] as const);
      return { purpose, use, against: trained, ...(Object.fromEntries(totals) as Pick<Overlap, Count>) };
    }),
  );
}

/** Counts rows that are among known ones. */
interface Known {
  prompts(rows: readonly Row[]): number;
  whole(rows: readonly Row[]): number;
}

function knownEach(rowsBy: (rowsOf: Rows) => readonly Row[]): Readonly<Record<Trained, Known>> {
  const entries = Object.entries(trainingOf).map(([trained, rowsOf]) => [trained, known(rowsBy(rowsOf))]);
  return Object.fromEntries(entries) as Record<Trained, Known>;
}

function known(training: readonly Row[]): Known {
  const [prompts, whole] = [new Set(training.map(promptKey)), new Set(training.map(rowKey))];
  return {
    prompts: (rows) => rows.filter((row) => prompts.has(promptKey(row))).length,
    whole: (rows) => rows.filter((row) => whole.has(rowKey(row))).length,
  };
}

/** Tells prompts apart: instruction and input, to the letter. */
export function promptKey({ instruction, input }: Prompt): string {
  return JSON.stringify([instruction, input]);
}

function rowKey(row: Row): string {
  const answers = 'output' in row ? [row.output] : [row.chosen, row.rejected];
  return JSON.stringify([row.instruction, row.input, ...answers]);
}
