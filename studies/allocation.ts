import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { poolExecutor, type Executor } from '../src/learning/training/executor.js';
import type { TaskKind, TaskRequest, TaskResult } from '../src/learning/training/task.js';
import { mean, sum } from '../src/moments.js';
import { packageRoot } from '../src/paths.js';
import { readRun, type RunRecords } from '../src/records/read.js';
import type { RoundRow } from '../src/records/rows.js';
import { runScenario } from '../src/run/run.js';
import { loadScenario } from '../src/scenario/load.js';

/*
 * The table of allocations in docs/cell.md: scenarios/allocation-schemes.json under each of them, over three seeds. What
 * clients compute is the same wherever the same updates are averaged: such tasks run once.
 *
 *     npm run allocation
 */

const rows: readonly (readonly [name: string, allocation: object | string])[] = [
  ['equal shares', 'equal'],
  ['min-max-delay', { name: 'min-max-delay', snrMarginDb: 2.5 }],
  ['yang2021, 3.2 s', { name: 'yang2021', limitSeconds: 3.2, snrMarginDb: 2.5 }],
  ['yang2021, 5 s', { name: 'yang2021', limitSeconds: 5, snrMarginDb: 2.5 }],
  ['chen2021, 4 blocks', { name: 'chen2021', resourceBlocks: 4, limitSeconds: 5, limitJoules: 2 }],
];
const seeds = [11, 12, 13];

interface Figures {
  readonly secondsPerRound: number;
  readonly joulesPerRound: number;
  readonly updatesPerRound: number;
  readonly accuracy: number;
  /** Null where the target was not reached. */
  readonly secondsToTarget: number | null;
  readonly joulesToTarget: number | null;
}

/** An executor that remembers: a task is a pure function of what its key is the hash of. */
function remembering(executor: Executor): Executor {
  const results = new Map<string, Promise<unknown>>();
  return {
    run<K extends TaskKind>(request: TaskRequest<K>): Promise<TaskResult<K>> {
      const known = results.get(request.key) ?? executor.run(request);
      results.set(request.key, known);
      return known as Promise<TaskResult<K>>;
    },
    fingerprint: () => executor.fingerprint(),
    close: () => executor.close(),
  };
}

async function figuresOf(allocation: object | string, seed: number, executor: Executor): Promise<Figures> {
  const outFolder = mkdtempSync(join(tmpdir(), 'pwff-allocation-'));
  try {
    const set = [`server.allocation=${JSON.stringify(allocation)}`];
    const file = join(packageRoot(), 'scenarios/allocation-schemes.json');
    const loaded = await loadScenario(file, { seed, set });
    await runScenario({ ...loaded, outFolder, workers: 1, backend: 'wasm', executor });
    return figuresIn(await readRun(outFolder));
  } finally {
    rmSync(outFolder, { recursive: true, force: true });
  }
}

function figuresIn({ metrics, messages, summary }: RunRecords): Figures {
  const rounds = metrics.filter((row): row is RoundRow => row.type === 'round');
  const reached = summary.stages.instruction!.toTarget!.reached;
  // Of the devices: computing and radio, of what had ended by then.
  const joulesBy = (seconds: number) =>
    sum(
      metrics.map((row) =>
        row.type === 'compute' && row.actor !== 'server' && row.virtualSeconds <= seconds ? row.joules : 0,
      ),
    ) +
    sum(
      messages
        .filter(({ from, endedVirtualSeconds: end }) => from !== 'server' && end !== null && end <= seconds)
        .map(({ transmitJoules, idleJoules }) => transmitJoules + idleJoules),
    );
  return {
    secondsPerRound: mean(rounds.map(({ seconds }) => seconds)),
    joulesPerRound: joulesBy(Infinity) / rounds.length,
    updatesPerRound: mean(rounds.map(({ updates }) => updates)),
    accuracy: 100 * summary.stages.instruction!.accuracy!,
    secondsToTarget: reached && reached.virtualSeconds,
    joulesToTarget: reached && joulesBy(reached.virtualSeconds),
  };
}

const columns: readonly (readonly [head: string, key: keyof Figures, digits: number])[] = [
  ['seconds per round', 'secondsPerRound', 2],
  ['joules per round', 'joulesPerRound', 2],
  ['updates per round', 'updatesPerRound', 1],
  ['accuracy, %', 'accuracy', 1],
  ['seconds to the target', 'secondsToTarget', 1],
  ['joules to the target', 'joulesToTarget', 1],
];

/** Mean over the seeds, with the least and the greatest; each alone where one of them has none. */
function spread(values: readonly (number | null)[], digits: number): string {
  const known = values.filter((value) => value !== null);
  if (known.length < values.length) return values.map((value) => value?.toFixed(digits) ?? '–').join(', ');
  const [least, greatest] = [Math.min(...known).toFixed(digits), Math.max(...known).toFixed(digits)];
  return least === greatest ? least : `${mean(known).toFixed(digits)} (${least}–${greatest})`;
}

const found = new Map<string, Figures[]>(rows.map(([name]) => [name, []]));
for (const seed of seeds) {
  const executor = remembering(poolExecutor(1, 'wasm'));
  try {
    for (const [name, allocation] of rows) {
      found.get(name)!.push(await figuresOf(allocation, seed, executor));
      console.error(`seed ${seed}: ${name}`);
    }
  } finally {
    await executor.close();
  }
}
console.log(`| allocation | ${columns.map(([head]) => head).join(' | ')} |`);
console.log(`|---${'|---'.repeat(columns.length)}|`);
for (const [name, figures] of found) {
  const cells = columns.map(([, key, digits]) =>
    spread(
      figures.map((one) => one[key]),
      digits,
    ),
  );
  console.log(`| ${name} | ${cells.join(' | ')} |`);
}
