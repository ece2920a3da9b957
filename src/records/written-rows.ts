import type { RowReader } from './row-reader.js';
import type { MessageRow, MetricRow } from './rows.js';
import type { RunEvent, RunObserver } from './run-event.js';

/** Keeps all rows of a run in memory, for those who look at single ones. */
export class WrittenRows implements RowReader, RunObserver {
  readonly metrics: MetricRow[] = [];
  readonly messages: MessageRow[] = [];

  next(event: RunEvent): void {
    if (event.type === 'row') this.metric(event.row);
    if (event.type === 'message') this.message(event.row);
  }

  metric(row: MetricRow): void {
    this.metrics.push(row);
  }

  message(row: MessageRow): void {
    this.messages.push(row);
  }
}
