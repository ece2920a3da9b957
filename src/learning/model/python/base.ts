import type * as tf from '@tensorflow/tfjs';
import type { ParamSet } from '../../params/param-set.js';

/**
 * The weights of a base model that a Python process has: TensorFlow.js has none of them, so that whoever asks for
 * one by its name is told that it is not there.
 */
export class PythonBase extends Map<string, tf.Tensor> {
  constructor(readonly params: ParamSet) {
    super();
  }
}
