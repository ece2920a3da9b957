import assert from 'node:assert/strict';
import { executorFor, queueOf } from '../../src/cli/executor-options.js';

const settings = {
  workers: 1,
  backend: 'wasm',
  fleet: 'equal',
  say: assert.fail,
  signal: new AbortController().signal,
} as const;

describe('where tasks run, by the options', () => {
  it('is left to the scenario where nothing is said', () => {
    assert.deepEqual(executorFor({}, settings), {});
  });

  it('is refused where a queue is named that would not be used', () => {
    for (const options of [{ queue: 'redis://h' }, { blobs: '/b' }, { verify: 0.05 }]) {
      assert.throws(() => executorFor(options, settings), /stands without --executor bullmq/);
      assert.throws(() => executorFor({ ...options, executor: 'pool' }, settings), /--executor bullmq/);
    }
  });

  it('is refused at a queue that is not named', async () => {
    const { executor } = executorFor({ executor: 'bullmq' }, settings);
    assert.ok(typeof executor === 'function');
    await assert.rejects(executor, /is "bullmq" without a queue, expected --queue/);
  });

  it('is said by options before the environment', () => {
    const env = { PWFF_QUEUE: 'redis://there', PWFF_BLOBS: '/there' };
    assert.deepEqual(queueOf({}, env), { queue: 'redis://there', blobs: '/there' });
    assert.deepEqual(queueOf({ queue: 'redis://here' }, env), { queue: 'redis://here', blobs: '/there' });
    assert.deepEqual(queueOf({}, {}), {});
  });
});
