import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../../src/errors.js';
import type { Ended } from '../../src/records/rows.js';
import { openRun, type OpenRun } from '../../src/run/open-run.js';
import { simulate } from '../../src/run/simulate.js';
import { loadScenario, type LoadedScenario } from '../../src/scenario/load.js';
import { randomScenario } from './random-scenario.js';

/*
 * How many: PWFF_RANDOM_SCENARIOS=1000 npx mocha dist/test/properties/scenarios.test.js takes some minutes, and
 * PWFF_RANDOM_FROM=<number> begins with another. What fails is printed as a scenario that `pwff run` takes.
 */
const first = Number(process.env.PWFF_RANDOM_FROM ?? 1);
const count = Number(process.env.PWFF_RANDOM_SCENARIOS ?? 40);

describe(`random scenarios ${first} to ${first + count - 1}`, function () {
  this.timeout(120_000 + 2_000 * count);
  let folder = '';
  before(() => void (folder = mkdtempSync(join(tmpdir(), 'pwff-random-'))));
  after(() => rmSync(folder, { recursive: true }));

  it('are refused in words, or run to an end that they explain with every invariant held', async () => {
    const ends: Record<string, number> = {};
    const failures: string[] = [];
    for (let number = first; number < first + count; number++) {
      const written = randomScenario(number);
      const end = await endOf(written, folder).catch((error: unknown) => {
        failures.push(`${number}: ${String(error)}\n${JSON.stringify(written)}`);
        return 'failed';
      });
      ends[end] = (ends[end] ?? 0) + 1;
    }
    if (count > 40) console.log(`      ${JSON.stringify(ends)}`);
    assert.equal(failures.length, 0, `${failures.length} of ${count}:\n${failures.slice(0, 10).join('\n')}`);
    assert.ok((ends['refused'] ?? 0) <= count / 2, JSON.stringify(ends));
  });
});

/** "refused", or how the run ended; throws where it broke a promise. */
async function endOf(written: object, folder: string): Promise<string> {
  const file = join(folder, 'scenario.json');
  writeFileSync(file, JSON.stringify(written));
  const loaded = await loadScenario(file).catch((error: unknown) => {
    if (error instanceof UserError) return null;
    throw error;
  });
  return loaded ? endOfRun(loaded, join(folder, 'run')) : 'refused';
}

async function endOfRun({ scenario, folder }: LoadedScenario, outFolder: string): Promise<string> {
  const run = await openRun({ scenario, folder, outFolder, workers: 1, backend: 'wasm' });
  try {
    const { ended } = await simulate(run.world);
    if (ended.reason === 'failed') throw new Error(ended.cause);
    if (ended.reason === 'deadlock') refuseUnexplained(run, ended);
    for (const row of [...run.written.metrics, ...run.written.messages]) refuseNonFinite(row);
    return ended.reason;
  } finally {
    await run.close();
  }
}

/**
 * A server waits for ever only without a deadline, for a client that was silent or off, or whose message was given
 * up.
 */
function refuseUnexplained({ world, written }: OpenRun, { waiting }: Ended & { reason: 'deadlock' }): void {
  const { clients, stages, ...scenario } = world.scenario;
  const isEndless = stages.some((stage) => scenario[stage].deadlineSeconds === null);
  const isSilent = clients.availability < 1;
  const isLost = written.messages.some(({ outcome }) => outcome === 'dropped');
  const wasOff = written.metrics.some(({ type }) => type === 'presence');
  if (isEndless && (isSilent || isLost || wasOff)) return;
  throw new Error(`a deadlock without a reason: ${JSON.stringify(waiting)}`);
}

function refuseNonFinite(value: unknown): void {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new Error(`a row has the number ${value}`);
  if (typeof value === 'object' && value !== null) Object.values(value).forEach(refuseNonFinite);
}
