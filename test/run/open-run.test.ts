import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../../src/errors.js';
import { packageRoot } from '../../src/paths.js';
import { parityFolder } from '../golden/parity.js';
import { openRecords } from '../../src/records/records.js';
import { runScenario } from '../../src/run/run.js';
import { loadScenario } from '../../src/scenario/load.js';
import { madeUpRun } from '../records/report/made-up-run.js';
import { protocolRun, untrainedExecutor } from './untrained.js';

describe('opening a run', () => {
  it('refuses a tokenizer with more tokens than the model has embeddings', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pwff-mixed-'));
    try {
      for (const name of ['config.json', 'model.safetensors']) {
        copyFileSync(join(parityFolder, 'gpt2-two-blocks', name), join(folder, name));
      }
      const embedded = join(packageRoot(), 'assets/embedded');
      copyFileSync(join(embedded, 'tokenizer.json'), join(folder, 'tokenizer.json'));
      const sizeIn = (from: string) =>
        (JSON.parse(readFileSync(join(from, 'config.json'), 'utf8')) as { vocab_size: number }).vocab_size;
      const lora = ['model.lora.maxModules=6', 'model.lora.r=4', 'alignment.maxNewTokens=4'];
      await assert.rejects(protocolRun([`model.path=${JSON.stringify(folder)}`, ...lora]), (error) => {
        assert.ok(error instanceof UserError);
        const found = `its tokenizer has ${sizeIn(embedded)} tokens`;
        const wanted = `expected at most config.json's vocab_size, ${sizeIn(folder)}`;
        assert.ok(error.message.startsWith(`${folder}: ${found}, ${wanted}`), error.message);
        return true;
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('leaves the folder as it is where the backend is refused, or a signal comes first', async () => {
    const outFolder = mkdtempSync(join(tmpdir(), 'pwff-kept-'));
    try {
      const records = openRecords(outFolder);
      records.next({ type: 'manifest', manifest: madeUpRun(1).manifest });
      records.close();
      const kept = () => readdirSync(outFolder).map((name) => readFileSync(join(outFolder, name), 'utf8'));
      const before = kept();
      const refusal = new UserError('--backend: is "native", but it does not load');
      const executor = { ...untrainedExecutor(), fingerprint: () => Promise.reject(refusal) };
      const { scenario, folder } = await loadScenario('tiny');
      const options = { scenario, folder, outFolder, workers: 1, backend: 'native' } as const;
      await assert.rejects(runScenario({ ...options, executor }), refusal);
      const signal = AbortSignal.abort(new Error('stopped'));
      await assert.rejects(
        runScenario({ ...options, executor: untrainedExecutor(), signal }),
        /^Error: stopped$/,
      );
      assert.deepEqual(kept(), before);
    } finally {
      rmSync(outFolder, { recursive: true });
    }
  });
});
