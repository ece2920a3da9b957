import type { TuningStage } from '../strategies/methods/method.js';
import { firstFigures, metric, newestFigures, type ClientFigures } from './held-out.js';
import { readWhole, type RowReader } from './row-reader.js';
import type { ClientRow, MetricRow } from './rows.js';
import {
  forgettingFigures,
  overfittingFigures,
  type MatrixRow,
  type NewcomersSummary,
  type OverfittingSummary,
  type ShareSummary,
  type StageOverfitting,
} from './overfitting-summary.js';

/** What dials of `measure` say of overfitting, from client rows of their tasks. */
export class Overfitting implements RowReader {
  readonly #stages: Readonly<Record<TuningStage, StageFigures>>;
  readonly #newcomers = new Newcomers();

  constructor(clients: readonly string[]) {
    this.#stages = { instruction: new StageFigures(clients), alignment: new StageFigures(clients) };
  }

  metric(row: MetricRow): void {
    if (row.type !== 'client') return;
    this.#newcomers.add(row);
    if (row.stage !== 'reward') this.#stages[row.stage].add(row);
  }

  /** Null where none was asked for. */
  get summary(): OverfittingSummary | null {
    const [instruction, alignment] = [this.#stages.instruction.summary, this.#stages.alignment.summary];
    const newcomers = this.#newcomers.summary;
    if (instruction === null && alignment === null && newcomers === null) return null;
    return { instruction, alignment, newcomers };
  }
}

/** Of rows that are at hand. */
export function overfittingSummary(
  metrics: readonly MetricRow[],
  clients: readonly string[],
): OverfittingSummary | null {
  return readWhole(new Overfitting(clients), { metrics }).summary;
}

/** Newcomers are measured once, when training is over. */
class Newcomers {
  readonly #rows: ClientRow[] = [];
  readonly #newest = newestFigures();
  readonly #members = newestFigures();

  add(row: ClientRow): void {
    if (row.task === 'member') this.#members.add(row);
    if (row.task !== 'newcomer') return;
    this.#rows.push(row);
    this.#newest.add(row);
  }

  get summary(): NewcomersSummary | null {
    const [first] = this.#rows;
    if (first === undefined) return null;
    const mean = (name: string) => this.#newest.mean(metric(name));
    return {
      steps: first.metrics['steps'] ?? 0,
      accuracyBefore: mean('accuracyBefore'),
      accuracy: mean('accuracy'),
      lossBefore: mean('lossBefore'),
      loss: mean('loss'),
      memberAccuracy: this.#members.mean(metric('accuracy')),
      memberLoss: this.#members.mean(metric('loss')),
      downloadBits: mean('downloadBits'),
      trainingSeconds: mean('trainingSeconds'),
      trainingJoules: mean('trainingJoules'),
      each: this.#rows.map(({ actor, metrics: { accuracyBefore = null, accuracy = null } }) => ({
        id: actor,
        accuracyBefore,
        accuracy,
      })),
    };
  }
}

/** Each client's first and newest row of a task. */
class Ends {
  readonly #first = firstFigures();
  readonly newest = newestFigures();

  add(row: ClientRow): void {
    this.#first.add(row);
    this.newest.add(row);
  }

  means(names: readonly string[]): object {
    return Object.fromEntries(
      names.flatMap((name) => [
        [`${name}Before`, this.#first.mean(metric(name))],
        [name, this.newest.mean(metric(name))],
      ]),
    );
  }
}

class StageFigures {
  readonly #clients: readonly string[];
  readonly #tasks = { generalize: new Ends(), perplexity: new Ends(), interpolate: new Ends() };
  readonly #shares = new Set<number>();

  constructor(clients: readonly string[]) {
    this.#clients = clients;
  }

  add(row: ClientRow): void {
    const tasks: Readonly<Record<string, Ends>> = this.#tasks;
    if (!Object.hasOwn(tasks, row.task)) return;
    tasks[row.task]!.add(row);
    if (row.task !== 'interpolate') return;
    for (const name of Object.keys(row.metrics)) this.#shares.add(Number(name.split('/')[1]));
  }

  get summary(): StageOverfitting | null {
    const { generalize, perplexity, interpolate } = this.#tasks;
    if (Object.values(this.#tasks).every(({ newest }) => newest.isEmpty)) return null;
    return {
      ...generalize.means(overfittingFigures),
      ...perplexity.means(forgettingFigures),
      matrix: matrixOf(generalize.newest, this.#clients),
      shares: sharesOf(interpolate.newest, this.#shares),
    } as StageOverfitting;
  }
}

/** Of each client that was measured the accuracy of its model on every client's test rows. */
function matrixOf(newest: ClientFigures, clients: readonly string[]): readonly MatrixRow[] {
  return clients.flatMap((id) => {
    const row = newest.of(id);
    if (!row) return [];
    return [{ id, accuracy: clients.map((client) => row.metrics[`accuracy/${client}`] ?? null) }];
  });
}

/** By rising share, as the figures' names have it behind their slash. */
function sharesOf(newest: ClientFigures, shares: ReadonlySet<number>): readonly ShareSummary[] {
  return [...shares]
    .sort((a, b) => a - b)
    .map((share) => ({
      share,
      ownAccuracy: newest.mean(metric(`ownAccuracy/${share}`)),
      othersAccuracy: newest.mean(metric(`othersAccuracy/${share}`)),
      ownLoss: newest.mean(metric(`ownLoss/${share}`)),
      othersLoss: newest.mean(metric(`othersLoss/${share}`)),
    }));
}
