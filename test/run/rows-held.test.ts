import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { packageRoot } from '../../src/paths.js';
import { TimeSpentSum } from '../../src/records/activity/time-spent.js';
import type { RunEvent } from '../../src/records/run-event.js';
import { openRun, type OpenRun } from '../../src/run/open-run.js';
import { simulate } from '../../src/run/simulate.js';
import { loadScenario } from '../../src/scenario/load.js';

/*
 * Rows are written as a run goes on: nothing that the run itself holds may grow with their number.
 */

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

describe('the rows of a run', () => {
  it('of messages, rounds and work are let go of when they have been written', async () => {
    const rows: WeakRef<object>[] = [];
    const next = (event: RunEvent) => {
      if (event.type === 'message') rows.push(new WeakRef(event.row));
      if (event.type === 'row' && !['step', 'client'].includes(event.row.type))
        rows.push(new WeakRef(event.row));
    };
    await asynchronousRun(60, next, async () => {
      await sleep(0);
      collectGarbage();
      const held = rows.filter((row) => row.deref() !== undefined);
      assert.ok(rows.length > 150, `${rows.length} rows`);
      assert.ok(held.length <= 10, `${held.length} of ${rows.length} rows are held`);
    });
  });

  it('that tell where the time went are as many in a run that is four times as long', async () => {
    const [short, long] = [await mostHeld(30), await mostHeld(120)];
    assert.ok(long.rows > 3.5 * short.rows, `${short.rows} and ${long.rows} rows`);
    assert.ok(long.held < 1.5 * short.held, `${short.held} and ${long.held} rows are held at most`);
  });
});

/** How many rows there are of so many rounds, and how many of them are held at once at most. */
async function mostHeld(rounds: number): Promise<{ readonly rows: number; readonly held: number }> {
  let sum: TimeSpentSum | undefined;
  let [rows, held] = [0, 0];
  const next = (event: RunEvent) => {
    if (event.type === 'manifest') {
      const { clients, scenario } = event.manifest;
      sum = new TimeSpentSum({ clients: clients.map(({ id }) => id), scenario }, 1);
    }
    if (event.type !== 'row' && event.type !== 'message') return;
    if (event.type === 'row') sum!.metric(event.row);
    else sum!.message(event.row);
    rows += 1;
    held = Math.max(held, sum!.rowsHeld);
  };
  await asynchronousRun(rounds, next, ({ figures, world }) => {
    const { nowSeconds } = world.clock;
    assert.deepEqual(sum!.upTo(nowSeconds), figures.upTo(nowSeconds).timeSpent);
  });
  return { rows, held };
}

/** Runs stage 1 of the tiny scenario without learning, each answer a round. */
async function asynchronousRun(
  rounds: number,
  next: (event: RunEvent) => void,
  look: (run: OpenRun) => Promise<void> | void,
): Promise<void> {
  const outFolder = mkdtempSync(join(tmpdir(), 'pwff-'));
  const { scenario, folder } = await loadScenario(join(packageRoot(), 'scenarios/tiny.json'), {
    set: [
      ...['learning=stub', 'stages=["instruction"]', `instruction.maxRounds=${rounds}`],
      ...['server.discipline=asynchronous', 'server.aggregation=fedasync', 'server.quorum=1'],
    ],
  });
  const options = { scenario, folder, outFolder, workers: 1, backend: 'wasm', journal: 'none' } as const;
  const run = await openRun({ ...options, observers: [{ next }] });
  try {
    assert.equal((await simulate(run.world)).ended.reason, 'finished');
    await look(run);
  } finally {
    await run.close();
    rmSync(outFolder, { recursive: true, force: true });
  }
}
