import * as tf from '@tensorflow/tfjs';
import { selectBackend, type Fingerprint } from '../model/backend.js';
import { loadedLibraries } from '../model/native.js';

/*
 * A process of its own, because a library that does not fit may end the one that loads it: loads the native
 * backend if it can, multiplies two matrices and prints one line of JSON, a `Probe`.
 */

export interface Probe {
  readonly fingerprint: Fingerprint;
  /** The files of TensorFlow and its binding that are loaded. */
  readonly libraries: readonly string[];
  /** [[1, 2], [3, 4]] times [[5, 6], [7, 8]], row-major. */
  readonly product: readonly number[];
}

const fingerprint = await selectBackend('auto');
const matrix = (values: number[]) => tf.tensor2d(values, [2, 2]);
const product = [...tf.matMul(matrix([1, 2, 3, 4]), matrix([5, 6, 7, 8])).dataSync()];
console.log(JSON.stringify({ fingerprint, libraries: loadedLibraries(), product } satisfies Probe));
