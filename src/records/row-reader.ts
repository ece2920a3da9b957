import type { MessageRow, MetricRow } from './rows.js';

/**
 * Hears each row of a run once, those of each file in the order in which they were written, and keeps what its figures
 * need of them: sums, and a row or two of a client.
 */
export interface RowReader {
  metric?(row: MetricRow): void;
  message?(row: MessageRow): void;
}

/** Whose message it is, whoever sends it. */
export const clientOf = ({ from, to }: Pick<MessageRow, 'from' | 'to'>) => (from === 'server' ? to : from);

export interface WholeRows {
  readonly metrics: readonly MetricRow[];
  readonly messages: readonly MessageRow[];
}

/** A reader that has heard rows which are at hand. */
export function readWhole<R extends RowReader>(
  reader: R,
  { metrics = [], messages = [] }: Partial<WholeRows>,
): R {
  for (const row of metrics) reader.metric?.(row);
  for (const row of messages) reader.message?.(row);
  return reader;
}
