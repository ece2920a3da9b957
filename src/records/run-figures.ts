import type { Scenario } from '../scenario/schema.js';
import { TimeSpentSum } from './activity/time-spent.js';
import { EnergyTotals } from './energy/summary.js';
import { Fairness } from './fairness.js';
import { MessageTotals } from './message-totals.js';
import { Overfitting } from './overfitting.js';
import { Rejected } from './rejected.js';
import type { RowReader } from './row-reader.js';
import type { MessageRow, MetricRow } from './rows.js';
import type { RunEvent, RunObserver } from './run-event.js';
import { Staleness } from './staleness.js';
import { StageFigures, type StageSettings } from './summarize.js';
import type { Summary } from './summary.js';

/** What rows come to, of all that a summary has. */
export type FiguresOfRows = Pick<
  Summary,
  'stages' | 'overfitting' | 'fairness' | 'timeSpent' | 'energy' | 'staleness' | 'rejected' | 'messages'
>;

/**
 * All figures of a summary that are made of rows, which it hears as the run writes them, or as they are read back. It
 * holds no more rows the longer a run goes on, but what its clients are at (docs/scale.md).
 */
export class RunFigures implements RowReader, RunObserver {
  readonly #stages: StageFigures;
  readonly #overfitting: Overfitting;
  readonly #fairness: Fairness;
  readonly #timeSpent: TimeSpentSum;
  readonly #energy = new EnergyTotals();
  readonly #staleness = new Staleness();
  readonly #rejected = new Rejected();
  readonly #totals = new MessageTotals();
  readonly #readers: readonly RowReader[];

  constructor({ clients, judges, scenario }: StageSettings & { readonly scenario: Scenario }) {
    const ids = clients.map(({ id }) => id);
    this.#stages = new StageFigures({ clients, judges, scenario });
    this.#overfitting = new Overfitting(ids);
    this.#fairness = new Fairness(ids);
    this.#timeSpent = new TimeSpentSum({ clients: ids, scenario });
    this.#readers = [
      ...[this.#stages, this.#overfitting, this.#fairness, this.#timeSpent],
      ...[this.#energy, this.#staleness, this.#rejected, this.#totals],
    ];
  }

  next(event: RunEvent): void {
    if (event.type === 'row') this.metric(event.row);
    if (event.type === 'message') this.message(event.row);
  }

  metric(row: MetricRow): void {
    for (const reader of this.#readers) reader.metric?.(row);
  }

  message(row: MessageRow): void {
    for (const reader of this.#readers) reader.message?.(row);
  }

  get rowsHeld(): number {
    return this.#timeSpent.rowsHeld;
  }

  /** Of a run of so many virtual seconds, all of whose rows have come. */
  upTo(virtualSeconds: number): FiguresOfRows {
    return {
      stages: this.#stages.summaries,
      overfitting: this.#overfitting.summary,
      fairness: this.#fairness.summary,
      timeSpent: this.#timeSpent.upTo(virtualSeconds),
      energy: this.#energy.summary,
      staleness: this.#staleness.counts,
      rejected: this.#rejected.counts,
      messages: this.#totals.totals,
    };
  }
}
