import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Executor } from '../src/learning/training/executor.js';
import type { Summary } from '../src/records/summary.js';
import { runScenario } from '../src/run/run.js';
import { loadScenario, type LoadedScenario } from '../src/scenario/load.js';

/** A scenario of the package by its name, or a file; with changes, each as `path=value`. */
export interface StudiedRun {
  readonly scenario: string;
  readonly seed: number;
  readonly changes: readonly string[];
}

export function loadStudied({ scenario, seed, changes }: StudiedRun): Promise<LoadedScenario> {
  return loadScenario(scenario, { seed, set: changes });
}

/** Runs it with one worker on WASM, or on an executor that serves several runs; its records are gone afterwards. */
export function summaryOf(studied: StudiedRun, executor?: Executor): Promise<Summary> {
  return withRecords(studied, (_, summary) => Promise.resolve(summary), executor);
}

/** The same, with what `read` makes of the folder of its records. */
export async function withRecords<T>(
  studied: StudiedRun,
  read: (folder: string, summary: Summary) => Promise<T>,
  executor?: Executor,
): Promise<T> {
  const loaded = await loadStudied(studied);
  return inFolder(async (outFolder) => {
    const summary = await runScenario({
      ...loaded,
      outFolder,
      workers: 1,
      backend: 'wasm',
      ...(executor && { executor }),
    });
    return read(outFolder, summary);
  });
}

/** A folder for records, there as long as `use` goes on. */
export async function inFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'pwff-study-'));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
