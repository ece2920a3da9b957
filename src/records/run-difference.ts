import { firstDifference, type Difference } from './difference.js';
import { recordFiles } from './folder.js';
import type { InspectionRow } from './inspection-rows.js';
import type { MessageRow, MetricRow } from './rows.js';
import { tracedMessage, tracedRow } from './trace-hash.js';

/** The rows of a run that the hash of its trace is made of, as far as there are any. */
export interface TracedRows {
  readonly metrics: readonly MetricRow[];
  readonly messages: readonly MessageRow[];
}

/** The first row of one file in which two runs differ. */
export interface RunDifference extends Difference {
  readonly file: string;
  /** Of the file's rows, from 1; of metrics.jsonl those count that the hash of the trace is made of. */
  readonly row: number;
  /** The rows themselves; null where that run has no more. */
  readonly rowOfA: MetricRow | MessageRow | InspectionRow | null;
  readonly rowOfB: MetricRow | MessageRow | InspectionRow | null;
  readonly virtualSeconds: number;
}

type Kind = keyof TracedRows;

const files: Readonly<Record<Kind, string>> = {
  metrics: recordFiles.metrics,
  messages: recordFiles.messages,
};

/** Compares the rows of a run, as they come, with those of a run that is known. */
export class RunComparison {
  readonly #known: TracedRows;
  readonly #counts = { metrics: 0, messages: 0 };
  #first: RunDifference | null = null;

  /** Of a known run that is not `whole`, which was killed or failed, nothing is known behind its last row. */
  constructor(
    { metrics, messages }: TracedRows,
    private readonly whole = true,
  ) {
    this.#known = { metrics: metrics.filter((row) => tracedRow(row) !== null), messages };
  }

  /** The difference that came first; null where there is none yet. */
  get first(): RunDifference | null {
    return this.#first;
  }

  /** Rows that were found equal. */
  get equalRows(): number {
    return this.#counts.metrics + this.#counts.messages - (this.#first === null ? 0 : 1);
  }

  metric(row: MetricRow): void {
    if (tracedRow(row) !== null) this.#next('metrics', row);
  }

  message(row: MessageRow): void {
    this.#next('messages', row);
  }

  /** The other run is over: what of the known one is left is a difference too. */
  end(): void {
    for (const kind of ['metrics', 'messages'] as const) {
      if (this.#known[kind].length > this.#counts[kind]) this.#next(kind, null);
    }
  }

  #next(kind: Kind, row: MetricRow | MessageRow | null): void {
    if (this.#first !== null) return;
    const known = this.#known[kind][this.#counts[kind]] ?? null;
    if (known === null && !this.whole) return;
    this.#counts[kind] += 1;
    const found = firstDifference(traced(known), traced(row));
    if (found === null) return;
    this.#first = {
      ...found,
      ...{ file: files[kind], row: this.#counts[kind], rowOfA: known, rowOfB: row },
      virtualSeconds: timeOf((row ?? known)!),
    };
  }
}

/** Two runs side by side, and how many rows were found equal. */
export interface Compared {
  /** Of the first difference in each file the earlier one; null where they are one run. */
  readonly difference: RunDifference | null;
  readonly equalRows: number;
}

export function compared(a: TracedRows, b: TracedRows): Compared {
  const ofMetrics = new RunComparison({ metrics: a.metrics, messages: [] });
  for (const row of b.metrics) ofMetrics.metric(row);
  ofMetrics.end();
  const ofMessages = new RunComparison({ metrics: [], messages: a.messages });
  for (const row of b.messages) ofMessages.message(row);
  ofMessages.end();
  const difference = earliest(ofMetrics.first, ofMessages.first);
  return { difference, equalRows: ofMetrics.equalRows + ofMessages.equalRows };
}

/** Of equal moments the first given. */
export function earliest(...found: readonly (RunDifference | null)[]): RunDifference | null {
  const known = found.filter((each) => each !== null);
  return known.sort((left, right) => left.virtualSeconds - right.virtualSeconds)[0] ?? null;
}

/** As the files have it: what JSON leaves out is not there. */
function traced(row: MetricRow | MessageRow | null): unknown {
  if (row === null) return null;
  const part = 'sentVirtualSeconds' in row ? tracedMessage(row) : tracedRow(row);
  return JSON.parse(JSON.stringify(part)) as unknown;
}

function timeOf(row: MetricRow | MessageRow): number {
  if ('virtualSeconds' in row) return row.virtualSeconds;
  return 'sentVirtualSeconds' in row ? (row.endedVirtualSeconds ?? row.sentVirtualSeconds) : 0;
}
