import { createHash } from 'node:crypto';
import { canonicalJson } from './exact-json.js';
import type { EndedMessage, MetricRow } from './rows.js';
import type { RunEvent, RunObserver } from './run-event.js';

/** Rows that tell of a run and are none of its events. */
const beside: readonly MetricRow['type'][] = ['sample', 'compute', 'phrases'];

/** Tasks whose figures a dial of `measure` adds: measuring more does not make it another run (decision D13). */
const besideTasks: readonly string[] = ['generalize', 'perplexity', 'interpolate', 'newcomer', 'member'];

const isBeside = (row: MetricRow) =>
  beside.includes(row.type) || (row.type === 'client' && besideTasks.includes(row.task));

/** What of a row makes the run what it is; null of one that only tells of it. */
export function tracedRow(row: MetricRow): object | null {
  return isBeside(row) ? null : withoutKeys(row, notTraced.row);
}

export function tracedMessage(row: EndedMessage): object {
  return withoutKeys(row, notTraced.message);
}

const notTraced = {
  row: ['members', 'closedBy', 'energy'],
  message: ['story', 'blackoutSeconds', 'blackouts'],
} as const;

/**
 * SHA-256 over the rows of a run in their order. Each row counts as its canonical JSON (keys sorted) and a
 * line feed, so that `sha256sum` of the same lines in a file gives the same hash. What a run shows (its
 * responses, the stories of its messages), and what follows from the rest, does not make it another run.
 */
export class TraceHash implements RunObserver {
  readonly #hash = createHash('sha256');
  #events = 0;

  get events(): number {
    return this.#events;
  }

  next(event: RunEvent): void {
    if (event.type === 'row' && !isBeside(event.row)) this.add(event.row, notTraced.row);
    if (event.type === 'message-ended') this.add(event.row, notTraced.message);
  }

  /** Adds an event without some of its keys; throws a RangeError if it holds a number that JSON cannot express. */
  add(event: object, without: readonly string[] = []): void {
    this.#hash.update(`${canonicalJson(event, `event ${this.#events}`, without)}\n`);
    this.#events += 1;
  }

  /** The hash of the events so far, hexadecimal; more may follow. */
  digest(): string {
    return this.#hash.copy().digest('hex');
  }
}

function withoutKeys(row: object, keys: readonly string[]): object {
  return Object.fromEntries(Object.entries(row).filter(([key]) => !keys.includes(key)));
}
