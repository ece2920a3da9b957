import assert from 'node:assert/strict';
import { Piscina } from 'piscina';
import { UserError } from '../../../src/errors.js';
import { executorOn, type Executor } from '../../../src/learning/training/executor.js';
import type { TaskRequest } from '../../../src/learning/training/task.js';
import type { Deadly } from './dying-worker.js';

describe('the executor', () => {
  let executor: Executor;
  beforeEach(() => {
    const filename = new URL('./dying-worker.js', import.meta.url).href;
    executor = executorOn(new Piscina({ filename, minThreads: 1, maxThreads: 1 }));
  });
  afterEach(() => executor.close());

  /** Runs a task on workers that die; resolves with the number of times that it was started. */
  async function starts(deadly: Omit<Deadly, 'lives'>, expected?: RegExp): Promise<number> {
    const lives = new Int32Array(new SharedArrayBuffer(4));
    const running = executor.run({ hyper: { ...deadly, lives } } as unknown as TaskRequest);
    if (expected) await assert.rejects(running, expected);
    else assert.equal(await running, 'done');
    return lives[0]!;
  }

  it('runs a task again that a dying worker took with it', async () => {
    assert.equal(await starts({ deaths: 1 }), 2);
  });

  it('fails a task under which two workers have died', async () => {
    assert.equal(await starts({ deaths: 2 }, /worker exited with code: 3/), 2);
  });

  it('fails a task that throws at once, without another try', async () => {
    assert.equal(await starts({ deaths: 0, throws: true }, /the task is wrong/), 1);
  });

  it('goes on with other tasks after a death', async () => {
    await starts({ deaths: 2 }, /worker exited/);
    assert.equal(await starts({ deaths: 0 }), 1);
  });

  it('rejects every task, and ends no process, where no worker outlives its start', async function () {
    this.timeout(30_000);
    const filename = new URL('./stillborn-worker.js', import.meta.url).href;
    const stillborn = executorOn(new Piscina({ filename, minThreads: 1, maxThreads: 1 }));
    const task = { hyper: {} } as unknown as TaskRequest;
    await Promise.all([1, 2, 3].map(() => assert.rejects(stillborn.run(task), /its library is broken/)));
    await stillborn.close();
  });

  it('says as a user’s error that the backend which was asked for is not there', async () => {
    const pool = { run: () => Promise.resolve({ refused: 'no native library' }), on: () => {}, threads: [1] };
    const refused = executorOn(pool as unknown as Piscina<unknown, unknown>);
    await assert.rejects(refused.fingerprint(), new UserError('no native library'));
  });
});
