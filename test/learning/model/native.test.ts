import assert from 'node:assert/strict';
import util from 'node:util';
import { Worker } from 'node:worker_threads';
import * as tf from '@tensorflow/tfjs';
import { mendUtil, prepareNative, threadsPerOperation } from '../../../src/learning/model/native.js';
import { needsNative, type Probed } from '../../backend.js';

describe('the native backend', () => {
  let native: Probed;
  before(function () {
    native = needsNative(this);
  });

  it('multiplies matrices: [1 2; 3 4] [5 6; 7 8] is [19 22; 43 50]', () => {
    assert.deepEqual(native.product, [19, 22, 43, 50]);
  });

  it('tells the versions of TensorFlow.js and of TensorFlow, and the threads that share an operation', () => {
    const { version, cpuFeatures } = native.fingerprint;
    assert.match(version, /^\d+\.\d+\.\d+\+tensorflow-\d+\.\d+\.\d+/);
    assert.equal(version.split('+')[0], tf.version_core);
    assert.equal(cpuFeatures.at(-1), `threads:${process.env.TF_NUM_INTRAOP_THREADS ?? 1}`);
  });

  it('tells the files of the library and its binding', () => {
    assert.ok(native.libraries.some((path) => path.endsWith('tfjs_binding.node')));
    assert.ok(native.libraries.some((path) => /libtensorflow|tensorflow\.dll/.test(path)));
  });

  it('prints nothing on stderr', () => {
    assert.equal(native.noise, '');
  });

  it('outlives worker threads that are ended in the middle of their work, each after the other', async () => {
    for (let i = 0; i < 3; i++) assert.equal(await endedInTheMiddle(), 1);
  });
});

/** Ends two workers that multiply and hold tensors over shared memory; resolves with the exit code of one. */
async function endedInTheMiddle(): Promise<number> {
  prepareNative();
  const workers = [1, 2].map(() => new Worker(new URL('./native-worker.js', import.meta.url)));
  await Promise.all(
    workers.map(
      (worker) => new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject)),
    ),
  );
  const codes = await Promise.all(workers.map((worker) => worker.terminate()));
  return codes[0]!;
}

describe('what the native library wants of its process', () => {
  it('is two functions of util that Node 23 and later lack', () => {
    mendUtil();
    const { isNullOrUndefined, isArray } = util as unknown as Record<string, (value: unknown) => boolean>;
    assert.deepEqual([null, undefined, 0, '', []].map(isNullOrUndefined!), [true, true, false, false, false]);
    assert.deepEqual([[], {}, null].map(isArray!), [true, false, false]);
  });

  it('is a number of threads from the environment', () => {
    const before = process.env.TF_NUM_INTRAOP_THREADS;
    try {
      process.env.TF_NUM_INTRAOP_THREADS = '3';
      assert.equal(threadsPerOperation(), 3);
    } finally {
      if (before === undefined) delete process.env.TF_NUM_INTRAOP_THREADS;
      else process.env.TF_NUM_INTRAOP_THREADS = before;
    }
  });
});
