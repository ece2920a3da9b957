import * as tf from '@tensorflow/tfjs';
import type { ParamSet } from '../params/param-set.js';
import { computed, valuesOf } from './backend.js';
import { withWeights, type Weights } from './weights.js';

/** What a reward model or a critic does with the features or states of a frozen backbone. */
export interface Head {
  /** Width of the features that a set of this head reads. */
  widthOf(set: ParamSet): number;
  /** Values (N) of features (N, width); differentiable with respect to the tensors of the head. */
  values(weights: Weights, features: tf.Tensor2D): tf.Tensor1D;
}

/** Values (N) of features (N, width), row after row, outside of any training. */
export function readHead(head: Head, set: ParamSet, features: Float32Array): Float32Array {
  const width = head.widthOf(set);
  return withWeights(set, (weights) =>
    computed(() => {
      const rows = tf.tensor2d(features, [features.length / width, width]);
      return valuesOf(head.values(weights, rows)).slice();
    }),
  );
}
