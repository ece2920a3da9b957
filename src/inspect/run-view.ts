import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../errors.js';
import { recordFiles } from '../records/folder.js';
import { streamedInspection } from '../records/inspection-stream.js';
import type { Manifest } from '../records/manifest.js';
import { readRun } from '../records/read.js';
import type { Ended, MessageRow, MetricRow } from '../records/rows.js';
import type { Summary } from '../records/summary.js';
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
  /** Where the virtual time went, in a sentence; null while the run goes on. */
  readonly timeSpent: string | null;
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
    timeSpent: summary.timeSpent.sentence,
  };
  return { view, indexing: index(path, view) };
}

async function index(path: string, view: { readonly events: EventIndex; indexed: number }): Promise<void> {
  for await (const { row, share } of streamedInspection(path)) {
    view.events.add(row);
    view.indexed = share;
  }
  view.indexed = 1;
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
  timeSpent: string | null = null;
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
  end({ ended, traceHash, timeSpent }: Pick<Summary, 'ended' | 'traceHash' | 'timeSpent'>): void {
    this.ended = ended;
    this.traceHash = traceHash;
    this.timeSpent = timeSpent.sentence;
  }
}
