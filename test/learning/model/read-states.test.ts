import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { computed, valuesOf } from '../../../src/learning/model/backend.js';
import { packRows, type Batch } from '../../../src/learning/model/batch.js';
import { hiddenStates, type Gpt } from '../../../src/learning/model/gpt.js';
import { readStates } from '../../../src/learning/model/read-states.js';
import { sharedPrefixes } from '../../../src/learning/model/shared-prefixes.js';
import { baseWeights, disposeWeights, upload, type Weights } from '../../../src/learning/model/weights.js';
import { testBackend } from '../../backend.js';
import { referenceModel, referenceShape } from './reference-model.js';

/** Rows with a beginning in common, one of them twice, one a beginning of others, and one with nothing in common. */
const rows = [
  [3, 1, 4, 1, 5],
  [3, 1, 4, 9, 2, 6],
  [3, 1, 4],
  [2, 7],
  [3, 1, 4, 9, 2, 6],
  [3, 8],
];

describe('shared prefixes', () => {
  it('are the distinct beginnings of rows, in the order of their first appearance', () => {
    const { ids, positions, firsts, places } = sharedPrefixes(
      packRows([[3, 1, 4], [3, 1, 5, 4], [1], [3, 1, 4]]),
    );
    assert.deepEqual([...ids], [3, 1, 4, 5, 4, 1]);
    assert.deepEqual([...positions], [0, 1, 2, 2, 3, 0]);
    assert.deepEqual([...firsts], [0, 1, 2, 5, 6, 7]);
    assert.deepEqual([...places], [0, 1, 2, 0, 1, 3, 4, 5, 0, 1, 2]);
  });

  it('are not shared by rows that begin at other positions', () => {
    assert.equal(
      sharedPrefixes(
        packRows(
          [
            [3, 1],
            [3, 1],
            [3, 1],
          ],
          [0, 2, 2],
        ),
      ).ids.length,
      4,
    );
  });

  it('of no rows are none', () => {
    assert.equal(sharedPrefixes(packRows([])).ids.length, 0);
  });
});

describe('states read outside of training', () => {
  let model: Gpt;
  let tuned: readonly Weights[];

  before(async () => {
    await testBackend();
    const { base, adapters, lora } = referenceModel();
    tuned = [adapters, lora].map(upload);
    const [ofAdapters, ofLora] = tuned.map((weights) => [{ weights, share: 1 }]);
    model = { shape: referenceShape, base: baseWeights(base), adapters: ofAdapters!, lora: ofLora! };
  });
  after(() => tuned.forEach(disposeWeights));

  const valuesBy = (states: typeof readStates, batch: Batch, at: Int32Array) =>
    computed(() => valuesOf(states(model, batch, at)).slice());

  /** Equal to the bit on WebAssembly; the native library may sum another number of rows in another order. */
  function assertEqual(batch: Batch, at: Int32Array): void {
    const [read, whole] = [valuesBy(readStates, batch, at), valuesBy(hiddenStates, batch, at)];
    assert.equal(read.length, whole.length);
    if (tf.getBackend() === 'wasm') return assert.deepEqual(read, whole);
    read.forEach((value, i) => assert.ok(Math.abs(value - whole[i]!) < 1e-5));
  }

  it('are the hidden states, of rows that share their beginnings', () => {
    const batch = packRows(rows);
    assertEqual(batch, Int32Array.from(batch.ids.keys()));
    assertEqual(batch, Int32Array.of(2, 4, 7, 10, 13, 15, 21, 23));
  });

  it('are the hidden states, of rows that share nothing', () => {
    const batch = packRows([[3, 1, 4], [1, 5], [9]]);
    assertEqual(batch, Int32Array.of(1, 2, 4, 5));
  });

  it('are the hidden states, of many tokens of a long beginning', () => {
    const beginning = Array.from({ length: 9 }, (_, i) => (3 * i) % 10);
    const batch = packRows(Array.from({ length: 7 }, (_, i) => [...beginning, i, (2 * i) % 5, 4]));
    assertEqual(batch, Int32Array.from(batch.ids.keys()));
  });

  it('leave no tensor', () => {
    const before = tf.memory().numTensors;
    valuesBy(readStates, packRows(rows), Int32Array.of(1, 9));
    assert.equal(tf.memory().numTensors, before);
  });
});
