import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../../src/paths.js';
import { runScenario } from '../../src/run/run.js';
import { loadScenario } from '../../src/scenario/load.js';

type Library = 'pandas' | 'polars';

/** The code that docs/records.md gives for a library. */
function documented(library: Library): string {
  const text = readFileSync(join(packageRoot(), 'docs/records.md'), 'utf8');
  const blocks = [...text.matchAll(/```python\n(.*?)```/gs)].map(([, code]) => code!);
  const [code, ...others] = blocks.filter((block) => block.includes(`import ${library} `));
  assert.ok(code !== undefined && others.length === 0, library);
  return code;
}

/** Rows as each library has them, a dictionary each. */
const dictionaries: Readonly<Record<Library, string>> = {
  pandas: "lambda frame: frame.to_dict('records')",
  polars: 'lambda frame: frame.to_dicts()',
};

/**
 * Compares what was read with the lines themselves: every value of every row, of the same type where it is a
 * text; what a row does not have is missing or null there.
 */
const comparison = (library: Library) => `
import json
rows_of = ${dictionaries[library]}
absent = lambda value: value is None or value != value

def same(found, row):
    if isinstance(row, dict):
        return isinstance(found, dict) and all(
            same(found.get(key), row[key]) if key in row else absent(found[key]) for key in {*row, *found})
    if isinstance(row, list):
        return len(found) == len(row) and all(map(same, found, row))
    return absent(found) if row is None else found == row and isinstance(found, str) == isinstance(row, str)

for name, frame in [('metrics', metrics), ('messages', messages)]:
    lines = [json.loads(line) for line in open(name + '.jsonl')]
    wrong = [(found, row) for found, row in zip(rows_of(frame), lines) if not same(found, row)]
    assert len(frame) == len(lines) and not wrong, wrong[:1]

lines = [json.loads(line) for line in open('metrics.jsonl')]
in_step = [row for row in lines if row.get('step') == '3.3']
assert in_step and len([row for row in rows_of(metrics) if row['step'] == '3.3']) == len(in_step)
rewards = [row['metrics']['reward'] for row in lines if row.get('task') == 'score']
assert rewards and [row['reward'] for row in rows_of(scores)] == rewards
print('same')
`;

describe('the records of a run, read from Python', function () {
  let folder = '';
  const python = process.env.PWFF_PYTHON;
  const run = (code: string) => spawnSync(python!, ['-c', code], { cwd: folder, encoding: 'utf8' });

  before(async function () {
    if (python === undefined) {
      console.log('      skipped: PWFF_PYTHON names no Python');
      return this.skip();
    }
    folder = mkdtempSync(join(tmpdir(), 'pwff-python-'));
    const { status, stderr, error } = run('import pandas, polars');
    if (status !== 0) {
      console.log(`      skipped: ${error?.message ?? stderr.trim().split('\n').at(-1)}`);
      return this.skip();
    }
    const set = ['channel.lossProbability=0.4', 'channel.maxTransmissions=1', 'channel.story=blocks'];
    const { scenario, folder: at } = await loadScenario('tiny', { set });
    await runScenario({ scenario, folder: at, outFolder: folder, workers: 1, backend: 'wasm' });
  });
  after(() => folder !== '' && rmSync(folder, { recursive: true }));

  for (const library of ['pandas', 'polars'] as const) {
    it(`are the same rows, of the same types, by the lines of docs/records.md for ${library}`, () => {
      const { stdout, stderr } = run(documented(library) + comparison(library));
      assert.equal(stdout, 'same\n', stderr);
    });
  }
});
