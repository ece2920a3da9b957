import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../../src/errors.js';
import { packageRoot } from '../../src/paths.js';
import { parityFolder } from '../golden/parity.js';
import { protocolRun } from './untrained.js';

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
});
