import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ParamsChoice } from '../../src/records/params-choice.js';
import { runScenario } from '../../src/run/run.js';
import { loadScenario } from '../../src/scenario/load.js';

describe('whose parameters a run keeps', () => {
  const root = mkdtempSync(join(tmpdir(), 'pwff-params-'));
  after(() => rmSync(root, { recursive: true }));

  async function run(name: string, params: ParamsChoice | undefined, set: readonly string[] = []) {
    const { scenario, folder } = await loadScenario('tiny', { set: ['learning=stub', ...set] });
    const outFolder = join(root, name);
    const options = { scenario, folder, outFolder, workers: 1, backend: 'wasm' as const };
    return runScenario({ ...options, ...(params && { params }) });
  }

  const kept = (name: string) => {
    const folder = join(root, name, 'params');
    return existsSync(folder) ? readdirSync(folder).sort() : [];
  };

  it('is all, those of the global model, or none, and it is one run', async () => {
    const runs = [await run('all', undefined), await run('global', 'global'), await run('none', 'none')];
    const ofGlobal = ['global.safetensors', 'reward-harmless.safetensors', 'reward-helpful.safetensors'];
    assert.ok(kept('all').includes('client-1.safetensors') && kept('all').includes('holdings.json'));
    assert.deepEqual(kept('global'), ofGlobal);
    assert.deepEqual(kept('none'), []);
    assert.equal(new Set(runs.map(({ traceHash }) => traceHash)).size, 1);
    assert.deepEqual(
      runs.map(({ unwritten }) => unwritten),
      [[], [], []],
    );
  });

  it('is not none where another run is to go on from it: one line says so', async () => {
    for (const params of ['global', 'none'] as const) {
      const from = [`from=${join(root, params)}`, 'stages=["alignment"]'];
      await assert.rejects(run('next', undefined, from), {
        name: 'UserError',
        message: `${join(root, params)}: was run with --params ${params}, expected all, for a run goes on from what its clients have too; run that one again with --params all`,
      });
    }
    assert.ok(!existsSync(join(root, 'next')));
  });

  it('is refused where it is none of the three', async () => {
    await assert.rejects(run('some', 'some' as 'all'), /\/params: is "some", expected/);
  });
});
