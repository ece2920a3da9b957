import * as tf from '@tensorflow/tfjs';
import type { Kernels } from './kernels.js';
import { native } from './native.js';
import { wasm } from './wasm.js';

/** The kernels of the running backend. */
export function kernels(): Kernels {
  return tf.getBackend() === 'wasm' ? wasm() : native();
}
