import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Piscina } from 'piscina';
import { executorOn } from '../src/learning/training/executor.js';
import { packageRoot } from '../src/paths.js';
import type { RunEvent } from '../src/records/run-event.js';
import { openRun } from '../src/run/open-run.js';
import { simulate } from '../src/run/simulate.js';
import { loadScenario } from '../src/scenario/load.js';
import type { LateData } from './late-worker.js';
import { DrawnMishaps } from './mishaps.js';
import type { Found, Part, Size } from './part.js';

const seeds: Readonly<Record<Size, number>> = { small: 5, full: 100 };
const workerCounts = [1, 2, 4];

/**
 * A task that hangs is ended after this. Tasks take a hundredth of it, a thread's start on a busy machine some tenths;
 * and one task may meet a death, a hang, a failing start and a mishap, one after the other.
 */
const set = ['limits.leastTaskSeconds=1', 'limits.taskRetries=5'];

/**
 * The tiny run on pools of several sizes whose threads and tasks take random real time. A thread dies under its task,
 * a task hangs, and a thread does not outlive its start.
 */
export const workers: Part = {
  name: 'workers',
  what: 'the tiny protocol on 1, 2 and 4 workers with random real delays, deaths, hangs and mishaps: one trace hash per seed',
  run: async (size, seed, stop) => {
    const root = mkdtempSync(join(tmpdir(), 'pwff-soak-workers-'));
    try {
      return await compared(root, seeds[size], seed, stop);
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  },
};

async function compared(root: string, wanted: number, first: number, stop: AbortSignal): Promise<Found> {
  const failures: string[] = [];
  const failedTries: Record<string, number> = {};
  const hear = (event: RunEvent) => {
    if (event.type === 'try-failed') failedTries[event.how] = (failedTries[event.how] ?? 0) + 1;
  };
  let runs = 0;
  let seed = first;
  for (; seed < first + wanted && !stop.aborted; seed++) {
    const hashes: string[] = [];
    for (const count of workerCounts) {
      hashes.push(await hashOf(join(root, `${seed}-${count}`), seed, count, hear));
      runs += 1;
    }
    if (new Set(hashes).size > 1) {
      failures.push(`seed ${seed} on ${workerCounts.join(', ')} workers: ${hashes.join(', ')}`);
    }
  }
  const tries = Object.entries(failedTries).map(
    ([how, times]) => [`tries that failed: ${how}`, times] as const,
  );
  return { figures: { seeds: seed - first, runs, ...Object.fromEntries(tries) }, failures };
}

/** The trace hash of a run that finished, else how it ended, which no other run shares. */
async function hashOf(
  outFolder: string,
  seed: number,
  count: number,
  hear: (event: RunEvent) => void,
): Promise<string> {
  const { scenario, folder } = await loadScenario(join(packageRoot(), 'scenarios/tiny.json'), {
    set: [`seed=${seed}`, ...set],
  });
  const counts = new Int32Array(new SharedArrayBuffer(8));
  const workerData: LateData = { delaySeed: 10 * seed + count, counts };
  const filename = new URL('./late-worker.js', import.meta.url).href;
  const executor = executorOn(count, (options) => new Piscina({ ...options, filename, workerData }));
  const mishaps = new DrawnMishaps(10 * seed + count);
  try {
    const run = await openRun(
      { scenario, folder, outFolder, workers: count, backend: 'wasm', executor },
      mishaps,
    );
    run.world.events.subscribe({ next: hear });
    try {
      const { ended } = await simulate(run.world, { before: mishaps.before });
      return ended.reason === 'finished' ? run.traceHash() : `${count}: ${JSON.stringify(ended)}`;
    } finally {
      await run.close();
    }
  } finally {
    await executor.close();
  }
}
