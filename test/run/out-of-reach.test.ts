import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runScenario } from '../../src/run/run.js';
import { loadScenario } from '../../src/scenario/load.js';

/** Whether pwff's own code below the command asks, as opposed to a library or a test. */
function isOurs(stack: string): boolean {
  const [, caller = ''] = stack.split('\n').slice(1);
  return /\/dist\/(src|machines)\//.test(caller);
}

describe('chance and real time', function () {
  this.timeout(120e3);
  let root = '';
  before(() => void (root = mkdtempSync(join(tmpdir(), 'pwff-reach-'))));
  after(() => rmSync(root, { recursive: true }));

  const places = [
    [Math, 'random'],
    [Date, 'now'],
    [globalThis, 'setTimeout'],
    [globalThis, 'setInterval'],
  ] as const;

  /** Runs with each of them noting who of us asks for it. */
  async function askedBy(work: () => Promise<unknown>): Promise<string[]> {
    const asked: string[] = [];
    const before = places.map(([owner, name]) => (owner as Record<string, unknown>)[name]);
    places.forEach(([owner, name], i) => {
      const original = before[i] as (...args: unknown[]) => unknown;
      (owner as Record<string, unknown>)[name] = function (this: unknown, ...args: unknown[]) {
        const { stack = '' } = new Error(name);
        if (isOurs(stack)) asked.push(stack);
        return original.apply(this, args);
      };
    });
    try {
      await work();
    } finally {
      places.forEach(([owner, name], i) => ((owner as Record<string, unknown>)[name] = before[i]));
    }
    return asked;
  }

  for (const learning of ['real', 'stub']) {
    it(`are asked for by no code of a run, learning ${learning}, neither in its thread nor in its workers’`, async () => {
      const loaded = await loadScenario('tiny', { set: [`learning=${learning}`] });
      const run = { ...loaded, outFolder: join(root, learning), workers: 1, backend: 'wasm' } as const;
      const asked = await askedBy(async () => {
        // A worker that asks throws.
        assert.equal((await runScenario(run)).ended.reason, 'finished');
      });
      assert.deepEqual(asked, []);
    });
  }

  it('would be seen: a caller below dist/src or dist/machines is ours, a test or a library is not', () => {
    const stack = (file: string) =>
      `Error\n    at wrapper (file:///x/dist/test/a.js:1:1)\n    at f (file:///x/${file}:1:1)`;
    assert.ok(isOurs(stack('dist/src/run/run.js')) && isOurs(stack('dist/machines/server.js')));
    assert.ok(!isOurs(stack('dist/test/run/run.js')) && !isOurs(stack('node_modules/xstate/dist/x.js')));
  });
});
