import { join } from 'node:path';
import { poolExecutor } from '../src/learning/training/executor.js';
import { mean, sum } from '../src/moments.js';
import { packageRoot } from '../src/paths.js';
import { readRun, type RunRecords } from '../src/records/read.js';
import type { RoundRow } from '../src/records/rows.js';
import { withRecords } from './one-run.js';
import { remembering } from './remembering.js';
import { spread, tableHead, tableRow, type Column } from './tables.js';

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

const columns: readonly Column<Figures>[] = [
  { head: 'seconds per round', digits: 2, of: ({ secondsPerRound }) => secondsPerRound },
  { head: 'joules per round', digits: 2, of: ({ joulesPerRound }) => joulesPerRound },
  { head: 'updates per round', digits: 1, of: ({ updatesPerRound }) => updatesPerRound },
  { head: 'accuracy, %', digits: 1, of: ({ accuracy }) => accuracy },
  { head: 'seconds to the target', digits: 1, of: ({ secondsToTarget }) => secondsToTarget },
  { head: 'joules to the target', digits: 1, of: ({ joulesToTarget }) => joulesToTarget },
];

const scenario = join(packageRoot(), 'scenarios/allocation-schemes.json');
const executor = poolExecutor(1, 'wasm');
const found = new Map<string, Figures[]>(rows.map(([name]) => [name, []]));
try {
  for (const seed of seeds) {
    const memory = remembering(executor, ['instruct', 'evaluate', 'aggregate']);
    for (const [name, allocation] of rows) {
      const changes = [`server.allocation=${JSON.stringify(allocation)}`];
      const read = async (folder: string) => figuresIn(await readRun(folder));
      found.get(name)!.push(await withRecords({ scenario, seed, changes }, read, memory));
      console.error(`seed ${seed}: ${name}`);
    }
  }
} finally {
  await executor.close();
}
process.stdout.write(tableHead(['allocation', ...columns.map(({ head }) => head)]));
for (const [name, figures] of found) {
  const cells = columns.map(({ of, digits }) => spread(figures.map(of), digits));
  process.stdout.write(tableRow([name, ...cells]));
}
