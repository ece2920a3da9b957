import { Subject, type Observable } from 'rxjs';
import type { RunEvent } from '../records/run-event.js';
import type { RunOptions } from './options.js';
import { runScenario, type RunResult } from './run.js';

/** A run that goes on. */
export interface StartedRun {
  /** All that the run tells from its first event on, in one order; completes when the run is over. */
  readonly events: Observable<RunEvent>;
  /** As `runScenario` gives it, and rejects where that does. */
  readonly result: Promise<RunResult>;
  /** Ends the run as "interrupted"; what was recorded until then is kept. */
  stop(): void;
}

/**
 * Starts a run and returns at once: its events as a live, typed stream (RxJS). They are the run's own objects, to be
 * read and never written; a run with and without subscribers has one trace hash (decision D13).
 */
export function startScenario(options: RunOptions): StartedRun {
  const events = new Subject<RunEvent>();
  const abort = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, abort.signal]) : abort.signal;
  const observers = [...(options.observers ?? []), events];
  // Not before the caller can subscribe.
  const result = Promise.resolve().then(() => runScenario({ ...options, signal, observers }));
  result.catch(() => events.complete());
  return { events: events.asObservable(), result, stop: () => abort.abort() };
}
