import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resolveScenario } from '../../src/scenario/validate.js';
import { recorded } from '../../studies/record.js';
import { withoutDefaults } from '../../studies/without-defaults.js';

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

  it('knows a run again when scenarios have come to have settings more', () => {
    const properties = {
      a: { default: 1 },
      deep: { default: {}, properties: { b: { default: null }, c: {} } },
    };
    const now = {
      properties: { ...properties, later: { default: { x: 0 }, properties: { x: { default: 0 } } } },
    };
    for (const { before, after, left } of [
      {
        before: { a: 1, deep: { b: null, c: 2 } },
        after: { a: 1, deep: { b: null, c: 2 }, later: { x: 0 } },
        left: { deep: { c: 2 } },
      },
      {
        before: { a: 2, deep: { b: null } },
        after: { a: 2, deep: { b: null }, later: { x: 0 } },
        left: { a: 2 },
      },
    ]) {
      assert.deepEqual(withoutDefaults({ properties }, before), left);
      assert.deepEqual(withoutDefaults(now, after), left);
    }
    assert.deepEqual(withoutDefaults(now, { a: 1, later: { x: 1 } }), { later: { x: 1 } });
  });
});
