import assert from 'node:assert/strict';
import { executorArgs, executorChoice, queueOf } from '../../src/cli/executor-options.js';

describe('where tasks run, by the options', () => {
  it('is left to the scenario where nothing is said, and to the run that is made again', () => {
    assert.equal(executorChoice({}), undefined);
    assert.deepEqual(executorChoice({}, 'python'), { name: 'python' });
    assert.deepEqual(executorChoice({ executor: 'pool' }, 'python'), { name: 'pool' });
  });

  it('is refused where a queue is named that would not be used', () => {
    for (const options of [{ queue: 'redis://h' }, { blobs: '/b' }, { verify: 0.05 }]) {
      assert.throws(() => executorChoice(options), /stands without --executor bullmq/);
      assert.throws(() => executorChoice({ ...options, executor: 'pool' }), /--executor bullmq/);
    }
  });

  it('is refused at a queue that is not named', () => {
    assert.throws(
      () => executorChoice({ executor: 'bullmq' }),
      /is "bullmq" without a queue, expected --queue/,
    );
  });

  it('is said by options before the environment', () => {
    const env = { PWFF_QUEUE: 'redis://there', PWFF_BLOBS: '/there' };
    assert.deepEqual(queueOf({}, env), { queue: 'redis://there', blobs: '/there' });
    assert.deepEqual(queueOf({ queue: 'redis://here' }, env), { queue: 'redis://here', blobs: '/there' });
    assert.deepEqual(queueOf({}, {}), {});
  });

  it('is said again to the jobs of a cluster, but for a password', () => {
    assert.deepEqual(executorArgs({ executor: 'bullmq', queue: 'redis://h', blobs: '/b', verify: 0.1 }), [
      ...['--executor', 'bullmq', '--queue', 'redis://h', '--blobs', '/b', '--verify', '0.1'],
    ]);
    assert.deepEqual(executorArgs({}), []);
    assert.throws(
      () => executorArgs({ executor: 'bullmq', queue: 'redis://:secret@h' }),
      /^UserError: --queue: has a password, which a script would show, expected it in PWFF_QUEUE_PASSWORD$/,
    );
  });
});
