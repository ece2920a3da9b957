import type { MessageRow, MetricRow } from './rows.js';
import type { RunEvent, RunObserver } from './run-event.js';

/** Keeps the rows of a run, for its summary. */
export class WrittenRows implements RunObserver {
  readonly metrics: MetricRow[] = [];
  readonly messages: MessageRow[] = [];

  next(event: RunEvent): void {
    if (event.type === 'row') this.metrics.push(event.row);
    if (event.type === 'message') this.messages.push(event.row);
  }
}
