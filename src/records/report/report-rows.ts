import { Counts } from '../../counts.js';
import { ActivityWindow } from '../activity/window.js';
import type { RunDocuments, RunRecords } from '../read.js';
import { clientOf, readWhole, type RowReader } from '../row-reader.js';
import type { ClientRow, MessageRow, MetricRow, RoundRow } from '../rows.js';
import { Delays } from './delays.js';
import { Outcomes } from './outcomes.js';
import { Samples } from './samples.js';
import { CostsByRound } from './series.js';
import { Stories } from './stories.js';
import { Uploads } from './uploads.js';

/** Rows that charts by round are drawn from. */
export type ChartRow = RoundRow | ClientRow;

/**
 * What a report keeps of rows, which it hears once: sums, and what its charts draw. That is a number for each message's delay,
 * what each client cost in each round, the rows of rounds and of what was measured, and of all others what lanes are made of.
 */
export class ReportRows implements RowReader {
  readonly charted: ChartRow[] = [];
  readonly costs = new CostsByRound();
  readonly delays = new Delays();
  readonly uploads = new Uploads();
  readonly outcomes = new Outcomes();
  readonly stories = new Stories();
  readonly samples = new Samples();
  readonly activity = new ActivityWindow();
  /** Of each client, how many messages were dropped. */
  readonly lost = new Counts<string>();
  readonly #readers: readonly RowReader[] = [
    ...[this.costs, this.delays, this.uploads, this.outcomes, this.stories, this.samples, this.activity],
  ];

  metric(row: MetricRow): void {
    if (row.type === 'round' || row.type === 'client') this.charted.push(row);
    for (const reader of this.#readers) reader.metric?.(row);
  }

  message(row: MessageRow): void {
    this.lost.add(row.outcome === 'dropped' ? clientOf(row) : null);
    for (const reader of this.#readers) reader.message?.(row);
  }

  get rounds(): readonly RoundRow[] {
    return this.charted.filter((row) => row.type === 'round');
  }
}

/** What a report is made of. */
export interface ReportRun extends RunDocuments {
  readonly rows: ReportRows;
}

/** Of a run whose rows are at hand. */
export function reportRun({ manifest, summary, ...rows }: RunRecords): ReportRun {
  return { manifest, summary, rows: readWhole(new ReportRows(), rows) };
}
