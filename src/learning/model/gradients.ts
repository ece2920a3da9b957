import * as tf from '@tensorflow/tfjs';
import type { ParamSet } from '../params/param-set.js';
import type { ModelShape } from './model-shape.js';
import { computed, valuesOf } from './backend.js';
import type { Gpt } from './gpt.js';
import { disposeWeights, upload, type Weights } from './weights.js';

/** The sets that a task trains; null where the method has no such part. */
export interface Trained {
  readonly adapters: ParamSet | null;
  readonly lora: ParamSet | null;
}

/** Gradients in the order of the values of the sets they belong to. */
export interface Gradients {
  readonly loss: number;
  readonly adapters: Float32Array | null;
  readonly lora: Float32Array | null;
}

/**
 * A loss of the model and its gradient with respect to adapters and LoRA. `loss` is called once, inside a
 * tidy, with the model on the backend; everything it makes is freed. At least one set must be trained.
 */
export function lossAndGradients(
  shape: ModelShape,
  base: Weights,
  trained: Trained,
  loss: (model: Gpt) => tf.Scalar,
): Gradients {
  return withModel(shape, base, trained, (model) => {
    const tensors = [...(model.adapters?.values() ?? []), ...(model.lora?.values() ?? [])];
    const result = differentiate(tensors, () => loss(model));
    const split = trained.adapters?.values.length ?? 0;
    return {
      loss: result.loss,
      adapters: trained.adapters && result.gradient.subarray(0, split),
      lora: trained.lora && result.gradient.subarray(split),
    };
  });
}

/** Runs `work` with a model whose adapters and LoRA are brought to the backend, and frees them again. */
export function withModel<T>(shape: ModelShape, base: Weights, trained: Trained, work: (model: Gpt) => T): T {
  const adapters = trained.adapters && upload(trained.adapters);
  const lora = trained.lora && upload(trained.lora);
  try {
    return work({ shape, base, adapters, lora });
  } finally {
    disposeWeights(adapters);
    disposeWeights(lora);
  }
}

/**
 * A scalar and its gradient with respect to tensors, flat and in their order; zero for those it does not
 * depend on.
 */
export function differentiate(
  tensors: readonly tf.Tensor[],
  loss: () => tf.Scalar,
): { loss: number; gradient: Float32Array } {
  return computed(() => {
    const { value, grads } = tf.engine().gradients(loss, [...tensors], undefined, true) as {
      value: tf.Scalar;
      grads: (tf.Tensor | null)[];
    };
    const gradient = new Float32Array(tensors.reduce((sum, { size }) => sum + size, 0));
    let offset = 0;
    tensors.forEach((tensor, i) => {
      const part = grads[i];
      if (part) gradient.set(valuesOf(part), offset);
      offset += tensor.size;
    });
    return { loss: value.dataSync()[0]!, gradient };
  });
}

/**
 * A loss written in plain numbers: `f` gets the values of x and returns a number and its gradient with
 * respect to them. Branches, clips and comparisons, which break a tape, are then only JavaScript, tested
 * without a model.
 */
export function scalarLoss(
  x: tf.Tensor,
  f: (values: Float32Array) => { readonly value: number; readonly gradient: Float32Array },
): tf.Scalar {
  return tf.customGrad(() => {
    const { value, gradient } = f(valuesOf(x).slice());
    const gradFunc = (dy: tf.Tensor) => tf.mul(tf.tensor(gradient, x.shape), dy);
    return { value: tf.scalar(value), gradFunc };
  })(x);
}
