import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { UserError } from '../../../src/errors.js';
import { computed, selectBackend, valuesOf } from '../../../src/learning/model/backend.js';
import { initialBase } from '../../../src/learning/model/base.js';
import { baseWeights, cachedTensors } from '../../../src/learning/model/weights.js';
import { sharedFloats } from '../../../src/learning/params/param-set.js';
import { stream } from '../../../src/simulation/random/stream.js';
import { testBackend } from '../../backend.js';
import { referenceShape } from './reference-model.js';

describe('backend', () => {
  before(testBackend);

  it('is chosen once: later calls get its fingerprint, and a wish for the other one is refused', async () => {
    const fingerprint = await selectBackend('auto');
    assert.equal(fingerprint, await testBackend());
    assert.equal(fingerprint.version.split('+')[0], tf.version_core);
    assert.equal(fingerprint.nodeMajor, Number(/^v(\d+)/.exec(process.version)![1]));
    assert.ok(fingerprint.cpuFeatures.includes(process.arch));
    const native = fingerprint.name === 'native';
    assert.equal(tf.getBackend(), native ? 'tensorflow' : 'wasm');
    await assert.rejects(selectBackend(native ? 'wasm' : 'native'), UserError);
  });

  it('takes values that stand in shared memory, at any offset', () => {
    for (const offset of [0, 1, 16]) {
      const values = sharedFloats(offset + 100).subarray(offset);
      values.forEach((_, i) => (values[i] = i / 2));
      const sums = computed(() => valuesOf(tf.sum(tf.tensor2d(values, [10, 10]), 1)).slice());
      // Row r holds (10 r … 10 r + 9) / 2.
      assert.deepEqual(
        [...sums],
        Array.from({ length: 10 }, (_, row) => (100 * row + 45) / 2),
      );
    }
  });

  it('computed gives plain data and frees every tensor on the way', () => {
    const before = tf.memory().numTensors;
    const values = computed(() => valuesOf(tf.square(tf.tensor1d([1, 2, 3]))).slice());
    assert.deepEqual([...values], [1, 4, 9]);
    assert.equal(tf.memory().numTensors, before);
  });
});

describe('baseWeights', () => {
  before(testBackend);
  const base = (seed: number) => initialBase(referenceShape.config, stream(seed));

  it('uploads equal sets once, in whatever memory they come', () => {
    const set = base(1);
    const first = baseWeights(set);
    assert.equal(baseWeights({ ...set, values: set.values.slice() }), first);
  });

  it('keeps two bases and frees the one that was used least recently', () => {
    const [first, second] = [baseWeights(base(1)), baseWeights(base(2))];
    baseWeights(base(1));
    const before = tf.memory().numTensors - cachedTensors();
    baseWeights(base(3));
    assert.ok(second.get('wte.weight')!.isDisposed);
    assert.ok(!first.get('wte.weight')!.isDisposed);
    assert.equal(tf.memory().numTensors - cachedTensors(), before);
  });
});
