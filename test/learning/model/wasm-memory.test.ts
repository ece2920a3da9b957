import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { selectBackend } from '../../../src/learning/model/backend.js';
import { backendHeap } from '../../../src/learning/model/kernels/heap.js';

describe('the memory of the WebAssembly backend', () => {
  before(() => selectBackend('wasm'));

  it('refuses what it has no room for by an error that says what to do, and goes on', () => {
    const heap = backendHeap();
    const most = heap.allocate(3e9);
    assert.throws(
      () => heap.allocate(3e9),
      /no room for 3000000000 more bytes of its 4 GB; take fewer or shorter rows per batch/,
    );
    heap.free(most);
    const parts = [1, 2, 3].map(() => heap.allocate(1e9));
    assert.throws(() => [heap.allocate(1e9), heap.allocate(1e9)], /no room for 1000000000 more bytes/);
    parts.forEach((part) => heap.free(part));
    const two = tf.add(1, 1);
    assert.equal(two.dataSync()[0], 2);
    two.dispose();
  });
});
