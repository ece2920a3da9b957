import { join } from 'node:path';
import { UserError } from '../errors.js';
import { recordFiles } from './folder.js';
import { streamedJsonLines } from './json-lines.js';
import type { RowReader } from './row-reader.js';
import { missingMessageKey } from './row-text.js';
import type { MessageRow, MetricRow } from './rows.js';

/**
 * Reads the rows in a run's folder once, each of both files to all of the readers. The files are read side by side, each
 * as far as the virtual time that the other one has come to: a reader holds little that belongs to rows of the other one.
 */
export async function readRows(folder: string, ...readers: readonly RowReader[]): Promise<void> {
  const metrics = new Ahead(streamedJsonLines<MetricRow>(join(folder, recordFiles.metrics)));
  const messages = new Ahead(streamedMessages(join(folder, recordFiles.messages)));
  try {
    for (let seconds = 0; ;) {
      if (metrics.isEmpty) await metrics.refill();
      if (messages.isEmpty) await messages.refill();
      const [metric, message] = [metrics.next, messages.next];
      if (metric === undefined && message === undefined) return;
      if (metric !== undefined && 'virtualSeconds' in metric) seconds = metric.virtualSeconds;
      if (metric !== undefined && (message === undefined || endOf(message) >= seconds)) {
        for (const reader of readers) reader.metric?.(metric);
        metrics.drop();
      } else if (message !== undefined) {
        for (const reader of readers) reader.message?.(message);
        messages.drop();
      }
    }
  } finally {
    await Promise.all([metrics.close(), messages.close()]);
  }
}

const endOf = ({ endedVirtualSeconds }: MessageRow) => endedVirtualSeconds ?? Infinity;

/** Rows of a file, some of which have been read. */
class Ahead<Row> {
  readonly #source: AsyncGenerator<Row[], void, void>;
  #rows: Row[] = [];
  #index = 0;
  #isOver = false;

  constructor(source: AsyncGenerator<Row[], void, void>) {
    this.#source = source;
  }

  /** Undefined where it is empty. */
  get next(): Row | undefined {
    return this.#rows[this.#index];
  }

  get isEmpty(): boolean {
    return this.#index === this.#rows.length;
  }

  drop(): void {
    this.#index += 1;
  }

  /** It stays empty at the end of the file. */
  async refill(): Promise<void> {
    while (this.isEmpty && !this.#isOver) {
      const { value, done } = await this.#source.next();
      [this.#rows, this.#index, this.#isOver] = [value ?? [], 0, done === true];
    }
  }

  async close(): Promise<void> {
    await this.#source.return();
  }
}

async function* streamedMessages(path: string): AsyncGenerator<MessageRow[], void, void> {
  let number = 0;
  for await (const rows of streamedJsonLines<MessageRow>(path)) {
    for (const row of rows) refuseIncomplete(row, `${path}:${++number}`);
    yield rows;
  }
}

function refuseIncomplete(row: MessageRow, place: string): void {
  const missing = missingMessageKey(row);
  if (missing === null) return;
  throw new UserError(
    `${place}: has no "${missing}", expected a row as this version of pwff writes it; run the scenario again`,
  );
}
