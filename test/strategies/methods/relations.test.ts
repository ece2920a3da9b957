import assert from 'node:assert/strict';
import { loadScenario } from '../../../src/scenario/load.js';
import { join } from 'node:path';
import { packageRoot } from '../../../src/paths.js';

const load = (...set: string[]) => loadScenario(join(packageRoot(), 'scenarios/tiny.json'), { set });

describe('a method that puts updates together by a rule of its own', () => {
  it('is asked for no other rule where nothing is left to it', async () => {
    await assert.rejects(
      load('method=feddyn', 'server.aggregation=uniform'),
      /\/server\/aggregation: .*uniform.*expected "fedavg".*"feddyn"/,
    );
    await load('method=feddyn');
  });

  it('leaves the model to the scenario’s rule where it has one for control variates alone', async () => {
    await load('method=scaffold', 'server.aggregation=uniform');
  });
});
