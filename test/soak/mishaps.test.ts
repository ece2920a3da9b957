import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DrawnMishaps } from '../../soak/mishaps.js';
import { outcomeOf } from '../../soak/outcome.js';
import { unluckyResults, unluckyTries } from '../../src/learning/training/unlucky.js';
import type { Executor } from '../../src/learning/training/executor.js';
import { unluckyJournal } from '../../src/journal/unlucky-journal.js';

const request = { kind: 'evaluate', key: 'k' } as Parameters<Executor['run']>[0];
function counting(results: () => unknown): Executor {
  return {
    run: () => Promise.resolve(results()),
    fingerprint: () => assert.fail(),
    close: () => assert.fail(),
  } as Executor;
}

describe('mishaps', () => {
  it('follow from seed, place, key and visit', () => {
    const drawn = (seed: number) => {
      const mishaps = new DrawnMishaps(seed);
      return Array.from({ length: 100 }, (_, n) => mishaps.at('try', `${n % 9}`));
    };
    assert.deepEqual(drawn(1), drawn(1));
    assert.notDeepEqual(drawn(1), drawn(2));
  });

  it('fail a task once at most, so that a run of three tries bears them and more', () => {
    const mishaps = new DrawnMishaps(1, { try: { fail: 1 } });
    assert.deepEqual(
      [1, 2, 3].map(() => mishaps.at('try', 'k')),
      ['fail', null, null],
    );
  });

  it('end a try, and show a task whose results differ', async () => {
    const failing = unluckyTries(
      counting(() => 1),
      new DrawnMishaps(1, { try: { fail: 1 } }),
    );
    await assert.rejects(failing.run(request), { name: 'TryFailed', how: 'exit' });
    const repeating = new DrawnMishaps(1, { result: { repeat: 1 } });
    let n = 0;
    await assert.rejects(
      unluckyResults(
        counting(() => n++),
        repeating,
      ).run(request),
      /made twice .* two results/,
    );
    assert.equal(
      await unluckyResults(
        counting(() => 7),
        repeating,
      ).run(request),
      7,
    );
  });

  it('keep a journal from writing', async () => {
    const journal = { damaged: 0, find: () => assert.fail(), keep: () => Promise.resolve() };
    const unlucky = unluckyJournal(journal, new DrawnMishaps(1, { 'journal-keep': { fail: 1 } }));
    await assert.rejects(unlucky.keep('k', 'evaluate', {} as never), /kept the journal from writing/);
  });

  it('leave the trace of a run as it is', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pwff-'));
    const mishaps = new DrawnMishaps(3);
    const written = {
      name: 'x',
      learning: 'stub',
      stages: ['instruction'],
      clients: { count: 3 },
      limits: { virtualSeconds: 500 },
    };
    try {
      const { traceHash } = await outcomeOf(written, folder);
      assert.equal((await outcomeOf(written, folder, mishaps)).traceHash, traceHash);
      assert.ok(mishaps.counts.fail > 0 && mishaps.counts.delay > 0, JSON.stringify(mishaps.counts));
    } finally {
      rmSync(folder, { recursive: true });
    }
  }).timeout(60e3);
});
