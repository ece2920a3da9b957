import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageRoot } from '../../src/paths.js';
import type { Ended } from '../../src/records/rows.js';
import { invariants } from '../../src/records/invariants/index.js';
import { mutants, settings } from './mutants.js';

const script = fileURLToPath(new URL('run-mutants.js', import.meta.url));

describe('a mutant of the program', function () {
  this.timeout(300_000);
  const ends: Ended[] = [];

  before(async () => {
    const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const exit = once(child, 'exit');
    for await (const line of createInterface(child.stdout)) ends.push(JSON.parse(line) as Ended);
    assert.deepEqual(await exit, [0, null]);
  });

  for (const [index, { name, caughtBy }] of mutants.entries()) {
    it(`that ${name} is stopped by the checker of ${caughtBy}`, () => {
      const ended = ends[index]!;
      assert.ok(ended.reason === 'failed', JSON.stringify(ended));
      assert.ok(ended.cause.startsWith(`${caughtBy}: `), ended.cause);
      const { lastEvents = [] } = ended;
      assert.ok(lastEvents.length > 0 && lastEvents.length <= 20);
      assert.match(ended.cause, /\(seed 1; at /);
    });
  }

  for (const [index, set] of settings.entries()) {
    it(`would have finished, had nothing been changed: tiny with ${set.join(' ') || 'nothing set'}`, () => {
      assert.equal(ends[mutants.length + index]!.reason, 'finished');
    });
  }

  it('is counted in docs/reliability.md', () => {
    const text = readFileSync(join(packageRoot(), 'docs/reliability.md'), 'utf8');
    const rows = text.matchAll(/^\| ([a-z -]+) \| .* \| (\d+) \|$/gm);
    const counts = [...rows].map(([, name, count]) => `${name}: ${count}`);
    const caught = (name: string) => mutants.filter(({ caughtBy }) => caughtBy === name).length;
    assert.deepEqual(counts.sort(), invariants.map((name) => `${name}: ${caught(name)}`).sort());
  });

  it('is there for every checker', () => {
    const caught = new Set(mutants.map(({ caughtBy }) => caughtBy));
    assert.deepEqual([...caught].sort(), [...invariants].sort());
    assert.ok(mutants.length >= 30);
  });
});
