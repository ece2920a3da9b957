import * as tf from '@tensorflow/tfjs';
import { valuesOf } from './backend.js';

/**
 * The values of the tensor that `make` makes, row-major, as an array of their own; all tensors made on the way are
 * freed. The array does not pass through `tf.tidy`, which would look for tensors in it element by element.
 */
export function readTensor(make: () => tf.Tensor): Float32Array {
  let values = new Float32Array(0);
  tf.tidy(() => {
    values = valuesOf(make()).slice();
  });
  return values;
}
