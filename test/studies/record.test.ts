import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resolveScenario } from '../../src/scenario/validate.js';
import { recorded } from '../../studies/record.js';

describe('the record of a study', () => {
  let folder = '';
  before(() => (folder = mkdtempSync(join(tmpdir(), 'pwff-record-'))));
  after(() => rmSync(folder, { recursive: true }));

  it('has each run found once, whatever other lines came between, and finds one of another scenario', async () => {
    const file = join(folder, 'new', 'record.jsonl');
    let runs = 0;
    const figureOf = (seed: number) =>
      recorded(file, { scenario: resolveScenario({ name: 'x', seed }), changes: [] }, () =>
        Promise.resolve({ run: ++runs }),
      );
    assert.deepEqual(await figureOf(1), { run: 1 });
    appendFileSync(file, '{"method":"pwff","seed":9,"changes":[],"scenario":"other","found":{"run":0}}\n');
    assert.deepEqual(await figureOf(2), { run: 2 });
    assert.deepEqual([await figureOf(1), await figureOf(2)], [{ run: 1 }, { run: 2 }]);
    assert.equal(runs, 2);
  });
});
