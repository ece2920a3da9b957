import assert from 'node:assert/strict';
import { Piscina } from 'piscina';
import { UserError } from '../../../src/errors.js';
import { executorOn, type Executor } from '../../../src/learning/training/executor.js';
import type { TaskRequest } from '../../../src/learning/training/task.js';
import type { FailureCause } from '../../../src/learning/training/task-failure.js';
import type { Fate } from './dying-worker.js';

const fileOf = (worker: string) => new URL(`./${worker}.js`, import.meta.url).href;
const resourceLimits = { maxOldGenerationSizeMb: 64 };

describe('the executor', () => {
  let executor: Executor;
  beforeEach(() => {
    const filename = fileOf('dying-worker');
    executor = executorOn(1, (options) => new Piscina({ ...options, filename, resourceLimits }));
  });
  afterEach(() => executor.close());

  const run = (...fates: Fate[]) => {
    const tries = new Int32Array(new SharedArrayBuffer(4));
    const task = { hyper: { fates, tries, result: 'done' } } as unknown as TaskRequest;
    return (attempt?: Parameters<Executor['run']>[1]) => executor.run(task, attempt);
  };

  const deaths: readonly (readonly [Fate, FailureCause, RegExp])[] = [
    ['exit', 'exit', /worker exited with code: 3/],
    ['memory', 'memory', /memory/],
  ];
  for (const [fate, how, message] of deaths) {
    it(`says how a worker died under its task (${how}), and the next try finds another`, async () => {
      const task = run(fate);
      await assert.rejects(task(), { name: 'TryFailed', how, message });
      assert.equal(await task(), 'done');
    });
  }

  it('passes on what a task throws', async () => {
    await assert.rejects(run('throw')(), { name: 'Error', message: 'the task is wrong' });
  });

  it('ends the thread of a task that is given up, and says when its work began', async () => {
    const hanging = new AbortController();
    const begun: string[] = [];
    const [first, second] = [run('hang'), run('result')].map((task, index) =>
      task({ signal: hanging.signal, begun: () => begun.push(`task ${index}`) }),
    );
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.deepEqual(begun, ['task 0'], 'the second waits for the only thread');
    const third = run('result')();
    hanging.abort();
    await assert.rejects(first!, { name: 'AbortError' });
    await assert.rejects(second!, { name: 'AbortError' });
    assert.equal(await third, 'done');
  });

  it('rejects every task, and ends no process, where no worker outlives its start', async function () {
    this.timeout(30_000);
    const filename = fileOf('stillborn-worker');
    const stillborn = executorOn(1, (options) => new Piscina({ ...options, filename }));
    const task = { hyper: {} } as unknown as TaskRequest;
    await Promise.all([1, 2, 3].map(() => assert.rejects(stillborn.run(task), /its library is broken/)));
    await stillborn.close();
  });

  it('has a new pool where every worker of the old one has ended', async function () {
    this.timeout(30_000);
    let opened = 0;
    const mended = executorOn(1, (options) => {
      const filename = fileOf(opened++ === 0 ? 'unborn-worker' : 'dying-worker');
      return new Piscina({ ...options, filename });
    });
    const hyper = { fates: [], tries: new Int32Array(new SharedArrayBuffer(4)), result: 'done' };
    const task = { hyper } as unknown as TaskRequest;
    // Piscina replaces the first thread once.
    for (let tries = 0; tries < 2; tries++) await assert.rejects(mended.run(task), /its library is missing/);
    assert.equal(await mended.run(task), 'done');
    assert.equal(opened, 2);
    await mended.close();
  });

  it('says as a user’s error that the backend which was asked for is not there', async () => {
    const pool = { run: () => Promise.resolve({ refused: 'no native library' }), on: () => {}, threads: [1] };
    const refused = executorOn(1, () => pool as unknown as Piscina<unknown, unknown>);
    await assert.rejects(refused.fingerprint(), new UserError('no native library'));
  });
});
