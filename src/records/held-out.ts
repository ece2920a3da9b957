import type { Stage } from '../../machines/protocol.js';
import { objectives, type Objective } from '../learning/objective.js';
import { greatest } from '../extremes.js';
import { groupedBy } from '../grouped.js';
import { sumOfFigures } from '../learning/training/figure.js';
import { meanOrNull } from '../moments.js';
import type { ClientRow, MetricRow } from './rows.js';

/** Picks a figure from a client row's metrics; null where it was not measured. */
export type Pick = (metrics: ClientRow['metrics']) => number | null;

export const metric =
  (name: string): Pick =>
  (metrics) =>
    metrics[name] ?? null;

type Judges = readonly Objective[];

/** The objectives that a method has reward models of, where measurement's judges are of these. */
export const objectivesWithout = (judges: Judges) =>
  objectives.filter((objective) => !judges.includes(objective));

/** Of the method's own models: a judge is none of them. */
const ownLosses = (judges: Judges): Pick => {
  const own = objectivesWithout(judges);
  return (metrics) => sumOfFigures(own.map((objective) => metrics[`${objective}Loss`] ?? null));
};

const minusObjective: Pick = ({ objective = null }) => (objective === null ? null : -objective);

/**
 * What is measured on held-out rows after a round of a stage: by which task, and which of it is its loss, under a
 * method whose other objectives have `judges`.
 */
export const heldOut: Readonly<
  Record<Stage, { readonly task: string; readonly loss: (judges: Judges) => Pick }>
> = {
  instruction: { task: 'evaluate', loss: () => metric('loss') },
  reward: { task: 'rewardTest', loss: ownLosses },
  alignment: { task: 'score', loss: () => minusObjective },
};

export function isOfTask(row: MetricRow, task: string): row is ClientRow {
  return row.type === 'client' && row.task === task;
}

/** The rows of one task, in the order in which they were written. */
export function rowsOfTask(rows: readonly MetricRow[], task: string): ClientRow[] {
  return rows.filter((row) => isOfTask(row, task));
}

/** What of a client's row its figures need. */
export type Measurement = globalThis.Pick<ClientRow, 'round' | 'actor' | 'virtualSeconds' | 'metrics'>;

/**
 * One row for each client. What summary, report and progress call a figure "over the clients" is `mean` of it,
 * and nothing else.
 */
export class ClientFigures<Row extends Measurement = ClientRow> {
  readonly #rows = new Map<string, Row>();
  /** Those of them with any figure: without learning there is none, and no mean needs to look for one. */
  #measured = 0;
  readonly #replaces: (row: Row, known: Row) => boolean;

  /** `replaces` says whether a row takes the place of the one that is there of its client. */
  constructor(replaces: (row: Row, known: Row) => boolean) {
    this.#replaces = replaces;
  }

  add(row: Row): this {
    const known = this.#rows.get(row.actor);
    if (known !== undefined && !this.#replaces(row, known)) return this;
    this.#measured += Number(isMeasured(row)) - Number(known !== undefined && isMeasured(known));
    this.#rows.set(row.actor, row);
    return this;
  }

  get isEmpty(): boolean {
    return this.#rows.size === 0;
  }

  of(client: string): Row | undefined {
    return this.#rows.get(client);
  }

  /** How many clients' rows are of this round or of a later one. */
  countSince(first: number): number {
    return [...this.#rows.values()].filter(({ round }) => round >= first).length;
  }

  /** Mean over the clients whose row has the figure, in the order of their names; null where none has. */
  mean(pick: Pick): number | null {
    if (this.#measured === 0) return null;
    const inOrder = [...this.#rows.values()].sort((a, b) => (a.actor < b.actor ? -1 : 1));
    return meanOrNull(inOrder.flatMap(({ metrics }) => pick(metrics) ?? []));
  }

  /** The virtual second at which the last figure of that mean was there; -Infinity where there is none. */
  completeAt(pick: Pick): number {
    const rows = [...this.#rows.values()].filter(({ metrics }) => pick(metrics) !== null);
    return greatest(rows.map(({ virtualSeconds }) => virtualSeconds));
  }
}

const isMeasured = ({ metrics }: Measurement) => Object.values(metrics).some((figure) => figure !== null);

/** Each client's row of the latest round, whenever it was written. */
export function newestFigures<Row extends Measurement = ClientRow>(
  rows: readonly Row[] = [],
): ClientFigures<Row> {
  const newest = new ClientFigures<Row>((row, known) => row.round >= known.round);
  return rows.reduce((figures, row) => figures.add(row), newest);
}

/**
 * Calls `see` with each round that has rows, in order, and with each client's row of the latest round up to it:
 * a client may miss a round. The figures are those of the next round once `see` has returned.
 */
export function mapRounds<T>(
  rows: readonly ClientRow[],
  see: (round: number, newest: ClientFigures) => T,
): T[] {
  const newest = newestFigures();
  return [...groupedBy(rows, ({ round }) => round)]
    .sort(([a], [b]) => a - b)
    .map(([round, here]) => {
      here.forEach((row) => newest.add(row));
      return see(round, newest);
    });
}

/** Each client's row of the first round: round 0 is before any training, whenever it was written. */
export function firstFigures(rows: readonly ClientRow[] = []): ClientFigures {
  const first = new ClientFigures((row, known) => row.round < known.round);
  return rows.reduce((figures, row) => figures.add(row), first);
}
