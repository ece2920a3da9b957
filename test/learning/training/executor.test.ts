import assert from 'node:assert/strict';
import { Piscina } from 'piscina';
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
});
