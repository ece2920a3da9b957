import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../../src/errors.js';
import { packageRoot } from '../../src/paths.js';
import { parityFolder } from '../golden/parity.js';
import { openRun } from '../../src/run/open-run.js';
import { loadScenario } from '../../src/scenario/load.js';
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

  it('keeps the records of an earlier run where the backend is not to be had', async () => {
    const { scenario, folder } = await loadScenario('tiny');
    const outFolder = mkdtempSync(join(tmpdir(), 'pwff-earlier-'));
    const executor = {
      ...untrainedExecutor(),
      fingerprint: () => Promise.reject(new UserError('--backend: is "native", but it does not load')),
    };
    try {
      writeFileSync(join(outFolder, 'manifest.json'), JSON.stringify({ format: 'pwff-run-1' }));
      writeFileSync(join(outFolder, 'summary.json'), '{}');
      const options = { scenario, folder, outFolder, workers: 1, backend: 'native', executor } as const;
      await assert.rejects(openRun(options), UserError);
      assert.deepEqual(readdirSync(outFolder).sort(), ['manifest.json', 'summary.json']);
    } finally {
      rmSync(outFolder, { recursive: true });
    }
  });
});
