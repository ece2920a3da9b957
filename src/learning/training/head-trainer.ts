import * as tf from '@tensorflow/tfjs';
import { differentiate, scalarLoss } from '../model/gradients.js';
import type { Head } from '../model/head.js';
import { withWeights } from '../model/weights.js';
import type { ParamSet } from '../params/param-set.js';
import { Adam, clipGlobalNorm, type AdamOptions } from './adam.js';
import { copyOf } from './instruct.js';

/** A loss of a head's values, in plain numbers, with its gradient. */
export interface ValuesLoss {
  readonly loss: number;
  readonly gradient: Float64Array;
}

/** Trains a reward model or a critic on given features; the set it was made from stays as it is. */
export class HeadTrainer {
  readonly set: ParamSet;
  readonly #adam: Adam;

  constructor(
    readonly head: Head,
    start: ParamSet,
    options: AdamOptions,
    adamOf = (set: ParamSet) => new Adam(set.values, options),
  ) {
    this.set = copyOf(start);
    this.#adam = adamOf(this.set);
  }

  /** One step on features (N, width), row after row; `lossOf` gives the loss of their N values. */
  step<L extends ValuesLoss>(
    features: Float32Array,
    lossOf: (values: Float32Array) => L,
    maxGradientNorm = Infinity,
  ): L {
    const width = this.head.widthOf(this.set);
    let result: L | undefined;
    const { gradient } = withWeights(this.set, (weights) =>
      differentiate([...weights.values()], () => {
        const x = tf.tensor2d(features, [features.length / width, width]);
        return scalarLoss(this.head.values(weights, x), (values) => {
          result = lossOf(values);
          return { value: result.loss, gradient: Float32Array.from(result.gradient) };
        });
      }),
    );
    clipGlobalNorm([gradient], maxGradientNorm);
    this.#adam.step(gradient);
    return result!;
  }
}
