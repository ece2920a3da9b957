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
import { openRun } from '../../src/run/open-run.js';
import { simulate } from '../../src/run/simulate.js';
import { loadScenario } from '../../src/scenario/load.js';
import { protocolRun } from './untrained.js';

/*
 * Rows are written as a run goes on: nothing that the run itself holds may grow with their number.
 */

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const asynchronous = [
  'stages=["instruction"]',
  'server.discipline=asynchronous',
  'server.aggregation=fedasync',
  'server.quorum=1',
];

describe('the rows of a run', () => {
  it('of messages and rounds are let go of as soon as they are written', async () => {
    const rows: WeakRef<object>[] = [];
    const next = (event: RunEvent) => {
      const isRow = event.type === 'message' || (event.type === 'row' && event.row.type !== 'step');
      if (isRow) rows.push(new WeakRef(event.row));
    };
    const outFolder = mkdtempSync(join(tmpdir(), 'pwff-'));
    const { scenario, folder } = await loadScenario(join(packageRoot(), 'scenarios/tiny.json'), {
      set: ['learning=stub', ...asynchronous, 'instruction.maxRounds=100'],
    });
    const options = { scenario, folder, outFolder, workers: 1, backend: 'wasm', journal: 'none' } as const;
    const run = await openRun({ ...options, observers: [{ next }] });
    try {
      assert.equal((await simulate(run.world)).ended.reason, 'finished');
      await sleep(0);
      collectGarbage();
      const held = rows.filter((row) => row.deref() !== undefined);
      assert.ok(rows.length > 400, `${rows.length} rows`);
      assert.ok(held.length <= 10, `${held.length} of ${rows.length} rows are held`);
      assert.equal(
        run.figures.upTo(run.world.clock.nowSeconds).stages.instruction,
        null,
        'nothing was measured',
      );
    } finally {
      await run.close();
      rmSync(outFolder, { recursive: true, force: true });
    }
  });

  it('that tell where the time went are as many in a run that is four times as long', async () => {
    const [short, long] = [await mostHeld(50), await mostHeld(200)];
    assert.ok(long.rows > 3.5 * short.rows, `${short.rows} and ${long.rows} rows`);
    assert.ok(long.held <= short.held + 10, `${short.held} and ${long.held} rows are held at most`);
  });
});

/** How many rows there are of so many rounds, and how many of them are held at once at most. */
async function mostHeld(rounds: number): Promise<{ readonly rows: number; readonly held: number }> {
  const { run } = await protocolRun([...asynchronous, `instruction.maxRounds=${rounds}`]);
  const { metrics, messages } = run.written;
  const about = { clients: [...run.world.clients.keys()], scenario: run.world.scenario };
  const sum = new TimeSpentSum(about, 1);
  let held = 0;
  const isDue = (seconds: number) => (row: { readonly endedVirtualSeconds: number | null }) =>
    (row.endedVirtualSeconds ?? Infinity) < seconds;
  const waiting = [...messages];
  const hear = (seconds: number) => {
    while (waiting[0] && isDue(seconds)(waiting[0])) sum.message(waiting.shift()!);
    held = Math.max(held, sum.rowsHeld);
  };
  for (const row of metrics) {
    if ('virtualSeconds' in row) hear(row.virtualSeconds);
    sum.metric(row);
  }
  return { rows: metrics.length + messages.length, held };
}
