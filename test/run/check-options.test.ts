import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../../src/errors.js';
import { runScenario } from '../../src/run/run.js';
import { resolveScenario } from '../../src/scenario/validate.js';

describe('the options of runScenario', () => {
  const wrong = [
    { option: 'workers', value: Number.NaN, expected: 'an integer of at least 1' },
    { option: 'workers', value: 0, expected: 'an integer of at least 1' },
    { option: 'workers', value: 1.5, expected: 'an integer of at least 1' },
    { option: 'workers', value: '2', expected: 'an integer of at least 1' },
    { option: 'backend', value: 'gpu', expected: '"auto", "native", "wasm"' },
    { option: 'showSamples', value: 'yes', expected: 'true or false' },
  ];
  for (const { option, value, expected } of wrong) {
    it(`are refused before a byte is written: ${option} ${String(value)} (${typeof value})`, async () => {
      const parent = mkdtempSync(join(tmpdir(), 'pwff-options-'));
      const outFolder = join(parent, 'out');
      const good = {
        scenario: resolveScenario({ name: 'options' }),
        folder: parent,
        outFolder,
        workers: 1,
        backend: 'wasm',
      };
      try {
        await assert.rejects(runScenario({ ...good, [option]: value } as never), (error) => {
          assert.ok(error instanceof UserError, String(error));
          assert.ok(error.message.startsWith(`options: /${option}: is `), error.message);
          assert.ok(error.message.includes(expected), error.message);
          return true;
        });
        assert.equal(existsSync(outFolder), false);
      } finally {
        rmSync(parent, { recursive: true });
      }
    });
  }
});
