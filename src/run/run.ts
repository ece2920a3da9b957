import { join } from 'node:path';
import { globalFor } from '../actors/cuts.js';
import { messageOf } from '../errors.js';
import { recordFiles, removeJournal } from '../records/folder.js';
import { paramFiles, type FinalModels } from '../records/params.js';
import { reportOf } from '../records/report/report.js';
import type { Ended } from '../records/rows.js';
import type { Summary } from '../records/summary.js';
import { writeWhole } from '../records/write-whole.js';
import { estimateOf } from './estimate.js';
import { openRun, type OpenRun } from './open-run.js';
import type { RunOptions } from './options.js';
import { isOver } from './resume.js';
import { withScript } from './with-script.js';
import { simulate } from './simulate.js';

/**
 * The summary of a run, and which of its last files could not be written (summary.json itself, parameters,
 * report), say because the disk is full.
 */
export interface RunResult extends Summary {
  readonly unwritten: readonly Unwritten[];
}

export interface Unwritten {
  readonly file: string;
  readonly cause: string;
}

/**
 * Runs a scenario from Step 1.1 to its end and leaves the records in `outFolder`. Resolves with the summary
 * however the run ended (`ended.reason`). Rejects before anything is written: with a UserError where options,
 * files or folder cannot be used, with the reason of `signal` where that was aborted first.
 */
export async function runScenario(given: RunOptions): Promise<RunResult> {
  const options = withScript(given);
  const startedAt = performance.now();
  const run = await openRun(options);
  try {
    if (options.onEstimate && run.world.scenario.learning !== 'stub') {
      options.onEstimate(await estimateOf({ ...run.world, executor: run.executor }, options.workers));
    }
    const { ended, global, clients } = await simulate(run.world, options);
    const models = { global, clients, globalFor: (id: string) => globalFor(run.world, id, global) };
    const summary = summaryOf(run, ended, (performance.now() - startedAt) / 1e3);
    options.onSummary?.(summary);
    const unwritten = await writeResults(run, summary, models, options);
    if (isOver(ended.reason)) removeJournal(options.outFolder);
    return { ...summary, unwritten };
  } finally {
    await run.close();
  }
}

/** Writes the summary first, then each of the other files whatever became of the one before. */
async function writeResults(
  { records, world }: OpenRun,
  summary: Summary,
  models: FinalModels,
  { outFolder: folder, params }: RunOptions,
): Promise<Unwritten[]> {
  const report = join(folder, recordFiles.report);
  const files: readonly { readonly path: string; readonly write: () => unknown }[] = [
    { path: join(folder, recordFiles.summary), write: () => records.summary(summary) },
    ...paramFiles(join(folder, recordFiles.params), world.store, world.method.slots, models, params),
    { path: report, write: async () => writeWhole(report, await reportOf(folder)) },
  ];
  const unwritten: Unwritten[] = [];
  for (const { path, write } of files) {
    try {
      await write();
    } catch (error) {
      unwritten.push({ file: path, cause: messageOf(error) });
    }
  }
  return unwritten;
}

function summaryOf(run: OpenRun, ended: Ended, wallSeconds: number): Summary {
  const { scenario, clock } = run.world;
  const { timeSpent, energy, staleness, rejected, messages, ...figures } = run.figures.upTo(clock.nowSeconds);
  const summary = {
    scenario: scenario.name,
    seed: scenario.seed,
    method: scenario.method,
    backend: run.fingerprint.name,
    synthetic: run.manifest.synthetic,
    traceHash: run.traceHash(),
    virtualSeconds: clock.nowSeconds,
    wallSeconds,
    ended,
    notes: run.notes(),
    overlap: run.manifest.overlap ?? null,
    judges: run.manifest.judges ?? [],
    ...figures,
    ...{ timeSpent, energy, tasks: run.failedTries(), staleness, rejected, messages },
    journal: run.journalCounts(),
  };
  return { ...summary, checks: run.checked(summary) };
}
