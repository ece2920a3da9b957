import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { UserError } from '../../src/errors.js';
import { computed, selectBackend, valuesOf } from '../../src/model/backend.js';
import { initialBase } from '../../src/model/base.js';
import { baseWeights, cachedTensors } from '../../src/model/weights.js';
import { stream } from '../../src/random/stream.js';
import { referenceShape } from './reference-model.js';

describe('backend', () => {
  before(() => selectBackend('wasm'));

  it('is chosen once: later calls get its fingerprint, and a wish for the other one is refused', async () => {
    const fingerprint = await selectBackend('auto');
    assert.equal(fingerprint.name, 'wasm');
    assert.equal(fingerprint.version, tf.version_core);
    assert.equal(fingerprint.nodeMajor, Number(/^v(\d+)/.exec(process.version)![1]));
    assert.ok(fingerprint.cpuFeatures.includes(process.arch));
    assert.equal(tf.getBackend(), 'wasm');
    await assert.rejects(selectBackend('native'), UserError);
  });

  it('computed gives plain data and frees every tensor on the way', () => {
    const before = tf.memory().numTensors;
    const values = computed(() => valuesOf(tf.square(tf.tensor1d([1, 2, 3]))).slice());
    assert.deepEqual([...values], [1, 4, 9]);
    assert.equal(tf.memory().numTensors, before);
  });
});

describe('baseWeights', () => {
  before(() => selectBackend('wasm'));
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
