import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Progress } from '../records/progress.js';
import { readRun } from '../records/read.js';
import { backendOf } from '../records/manifest.js';
import type { MessageRow, MetricRow } from '../records/rows.js';
import type { RunEvent } from '../records/run-event.js';
import { comparedInspection, recordedInspection } from '../records/inspection-difference.js';
import { RunComparison, earliest, type RunDifference, type TracedRows } from '../records/run-difference.js';
import { loadAgain } from '../scenario/load-again.js';
import { executorOf, openExecutor, type ExecutorChoice } from './executors.js';
import { runScenario } from './run.js';

export interface ReplayOptions {
  readonly workers: number;
  /** Absent: that of the run, where its results are its own, else threads of this process. */
  readonly executor?: ExecutorChoice;
  readonly signal?: AbortSignal;
  /** Hears what people should know of workers elsewhere. */
  readonly onNote?: (note: string) => void;
  readonly onProgress?: (progress: Progress) => void;
}

export interface Replayed {
  /** Null where every row of the run came again, and every event of its actors. */
  readonly difference: RunDifference | null;
  /** Rows that came again. */
  readonly equalRows: number;
  /** What the actors did that came again, in rows of inspection.jsonl; null where the run has none. */
  readonly equalEvents: number | null;
  /** Of the run, and of the replay up to where it was stopped. */
  readonly recorded: TracedRows;
  readonly replayed: TracedRows;
  /** Whether the run came to an end of its own; of one that did not, nothing is known behind its last rows. */
  readonly whole: boolean;
  /** Whether the run's backend is the one that the replay had: identity is promised for an equal one alone. */
  readonly equalFingerprint: boolean;
  /** Whether the replay was stopped before it had come to the end. */
  readonly interrupted: boolean;
}

/** Ends that were not the scenario's: a full disk, a killed process or a dead worker need not come again. */
const cutShort: ReadonlySet<string> = new Set(['partial', 'interrupted', 'failed']);

/**
 * Makes a run again from its manifest, and compares it row by row with what the run recorded; stops at the first
 * difference. Then it compares event by event what the actors did, where the run has recorded that. Nothing else of the run is read
 * but its manifest, no journal answers, and what the replay writes is removed. UserError where the run cannot be made again.
 */
export async function replay(
  runFolder: string,
  { workers, signal, onProgress, onNote = () => {}, ...options }: ReplayOptions,
): Promise<Replayed> {
  const { scenario, folder, script, manifest } = await loadAgain(runFolder);
  const { metrics, messages, summary } = await readRun(runFolder);
  const whole = !cutShort.has(summary.ended.reason);
  const comparison = new RunComparison({ metrics, messages }, whole);
  const replayed: { metrics: MetricRow[]; messages: MessageRow[] } = { metrics: [], messages: [] };
  const differs = new AbortController();
  const outFolder = mkdtempSync(join(tmpdir(), 'pwff-replay-'));
  const backend = backendOf(manifest);
  const usual = executorOf(manifest);
  const executor = options.executor ?? (usual && { name: usual });
  const inspection = recordedInspection(runFolder, manifest);
  let equalFingerprint = true;
  const next = (event: RunEvent) => {
    if (event.type === 'manifest') {
      equalFingerprint = isDeepStrictEqual(event.manifest.backend.fingerprint, manifest.backend.fingerprint);
    }
    if (event.type === 'row') {
      replayed.metrics.push(event.row);
      comparison.metric(event.row);
    }
    if (event.type === 'message') {
      replayed.messages.push(event.row);
      comparison.message(event.row);
    }
    if (comparison.first !== null) differs.abort();
  };
  const ends = AbortSignal.any([differs.signal, ...(signal ? [signal] : [])]);
  const settings = { workers, backend, fleet: scenario.limits.fleet, anew: true, say: onNote, signal: ends };
  try {
    const { ended } = await runScenario({
      ...{ scenario, folder, script, outFolder, workers, journal: 'none', inspection, params: 'none' },
      ...(onProgress && { onProgress }),
      backend,
      ...(executor && { executor: () => openExecutor(executor, settings) }),
      signal: ends,
      observers: [{ name: 'replay', next }],
    });
    const interrupted = comparison.first === null && ended.reason === 'interrupted';
    if (!interrupted) comparison.end();
    const goesOn = comparison.first === null && !interrupted;
    const events =
      inspection === 'none'
        ? null
        : await comparedInspection({ folder: runFolder, whole }, { folder: outFolder, whole: goesOn });
    return {
      difference: earliest(comparison.first, events?.difference ?? null),
      equalRows: comparison.equalRows,
      equalEvents: events?.equalRows ?? null,
      recorded: { metrics, messages },
      ...{ replayed, whole, equalFingerprint, interrupted },
    };
  } finally {
    rmSync(outFolder, { recursive: true, force: true });
  }
}
