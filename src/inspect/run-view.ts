import { createReadStream, existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { UserError } from '../errors.js';
import { recordFiles } from '../records/folder.js';
import type { InspectionRow } from '../records/inspection-rows.js';
import type { Manifest } from '../records/manifest.js';
import { readRun } from '../records/read.js';
import type { Ended, MessageRow, MetricRow } from '../records/rows.js';
import type { RunEvent, RunObserver } from '../records/run-event.js';
import { EventIndex } from './event-index.js';

/** A run as the page sees it: all that it has recorded so far, and its events by their place. */
export interface RunView {
  readonly manifest: Manifest;
  readonly metrics: readonly MetricRow[];
  readonly messages: readonly MessageRow[];
  readonly events: EventIndex;
  /** Whether the run is still going on. */
  readonly isLive: boolean;
  /** Share of the events that are at hand, 0 to 1: an index of many takes seconds. */
  readonly indexed: number;
  readonly virtualSeconds: number;
  /** Null while it is going on, or where it left no summary. */
  readonly ended: Ended | null;
  readonly traceHash: string | null;
}

/** A run that has been recorded, and its events as they are read. */
export interface RecordedRun {
  readonly view: RunView;
  /** Resolves when all events are at hand. */
  readonly indexing: Promise<void>;
}

/**
 * Opens a run's folder. Its events are read in the background. UserError where a file is missing or is no record.
 */
export async function openRecordedRun(folder: string): Promise<RecordedRun> {
  const { manifest, summary, metrics, messages } = await readRun(folder);
  const path = join(folder, recordFiles.inspection);
  if (!existsSync(path)) {
    throw new UserError(`${path}: is not there, expected the record of a run with --inspection all or thin`);
  }
  const events = new EventIndex();
  const view = {
    manifest,
    metrics,
    messages,
    events,
    isLive: false,
    indexed: 0,
    virtualSeconds: summary.virtualSeconds,
    ended: summary.ended.reason === 'partial' ? null : summary.ended,
    traceHash: summary.traceHash,
  };
  return { view, indexing: index(path, view) };
}

async function index(path: string, view: { readonly events: EventIndex; indexed: number }): Promise<void> {
  const stream = createReadStream(path, { highWaterMark: 1 << 20 });
  const { size } = statSync(path);
  let [read, number] = [0, 0];
  for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) {
    number += 1;
    read += line.length + 1;
    view.events.add(rowOf(line, path, number));
    if (number % 1000 === 0) view.indexed = Math.min(0.99, read / size);
  }
  view.indexed = 1;
}

function rowOf(line: string, path: string, number: number): InspectionRow {
  try {
    return JSON.parse(line) as InspectionRow;
  } catch {
    throw new UserError(`${path}:${number}: is no JSON, expected a row of ${recordFiles.inspection}`);
  }
}

/** A run that is going on: an observer that keeps what the page asks for. */
export class LiveRun implements RunView, RunObserver {
  readonly name = 'the page';
  readonly actors = true;
  readonly events = new EventIndex();
  readonly metrics: MetricRow[] = [];
  readonly messages: MessageRow[] = [];
  readonly indexed = 1;
  traceHash: string | null = null;
  ended: Ended | null = null;
  virtualSeconds = 0;
  #manifest: Manifest | null = null;

  get isLive(): boolean {
    return this.ended === null;
  }

  get manifest(): Manifest {
    if (this.#manifest === null) throw new Error('the run has not begun');
    return this.#manifest;
  }

  next(event: RunEvent): void {
    if (event.type === 'manifest') this.#manifest = event.manifest;
    if (event.type === 'row') this.metrics.push(event.row);
    if (event.type === 'message') this.messages.push(event.row);
    if (event.type === 'actor-registered') this.events.add({ ...event, type: 'actor' });
    if (event.type === 'actor') this.events.add({ ...event, type: 'event' });
    if (event.type === 'clock') this.virtualSeconds = event.virtualSeconds;
  }

  /** What the summary adds. */
  end({ ended, traceHash }: { readonly ended: Ended; readonly traceHash: string }): void {
    this.ended = ended;
    this.traceHash = traceHash;
  }
}
