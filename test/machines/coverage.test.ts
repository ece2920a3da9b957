import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runScenario } from '../../src/run/run.js';
import { loadScenario } from '../../src/scenario/load.js';
import { missing, toReach } from './coverage.js';
import { disturbedRun } from './disturbed-run.js';
import { situations } from './situations.js';

/** What no whole run reaches, and why. */
const unreached: Readonly<Record<string, string>> = {
  'channel channel.outage|xstate.after.nextAttempt.channel.outage|0':
    'on a band that a scheduler divides nothing is in outage but by time, and that is never sent again; rates that may be ' +
    'in outage otherwise are refused there',
};

describe('the machines of whole runs', function () {
  this.timeout(120_000);
  const earlier = mkdtempSync(join(tmpdir(), 'pwff-coverage-'));
  before(async () => {
    const set = ['learning=stub', 'stages=["instruction","reward"]'];
    const { scenario, folder } = await loadScenario('tiny', { set });
    await runScenario({ scenario, folder, outFolder: earlier, workers: 1, backend: 'wasm' });
  });
  after(() => rmSync(earlier, { recursive: true }));

  const reached = new Set<string>();
  for (const { name, ends, reaches, ...situation } of situations(earlier)) {
    it(`come where they are to: ${name}`, async () => {
      const run = await disturbedRun(situation);
      assert.equal(run.ended.reason, ends, JSON.stringify(run.ended));
      assert.deepEqual(reaches.filter((each) => !run.reached.has(each)), []);
      for (const each of run.reached) reached.add(each);
    });
  }

  for (const machine of toReach.keys()) {
    it(`reach every state and every transition of the ${machine}, but for those that are explained`, () => {
      const expected = Object.keys(unreached).filter((each) => each.startsWith(`${machine} `));
      assert.deepEqual(missing(machine, reached), expected);
    });
  }
});
