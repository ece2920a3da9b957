import { parentPort } from 'node:worker_threads';
import * as tf from '@tensorflow/tfjs';
import { selectBackend } from '../../../src/learning/model/backend.js';
import { sharedFloats } from '../../../src/learning/params/param-set.js';

/* A worker thread that holds tensors, tells that it works, and multiplies until it is ended. */

await selectBackend('native');
const held = Array.from({ length: 20 }, () => tf.square(tf.tensor1d(sharedFloats(1000))));
parentPort!.postMessage(held.length);
const matrix = tf.ones([256, 256]);
for (;;) tf.tidy(() => tf.matMul(matrix, matrix).dataSync());
