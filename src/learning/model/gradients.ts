import * as tf from '@tensorflow/tfjs';
import type { ModelShape } from './model-shape.js';
import { computed, valuesOf } from './backend.js';
import type { Gpt } from './gpt.js';
import { withoutChanges } from './changes.js';
import { folded } from './folded.js';
import { mixedSlot, withSlots, type TunedSets } from './slots.js';
import type { Weights } from './weights.js';

/** Gradients by part, each in the order of the values of its set. */
export type Gradients = Readonly<Record<string, Float32Array>>;

/**
 * A loss of the model and its gradient with respect to the parts that are trained, of what is tuned. `loss` is called
 * once, inside a tidy, with the model on the backend; everything it makes is freed. At least one part must be
 * trained. Of a blend the gradient is that of the slot's own tensors.
 */
export function lossAndGradients(
  shape: ModelShape,
  base: Weights,
  tuned: TunedSets,
  loss: (model: Gpt) => tf.Scalar,
  trains: readonly string[] = Object.keys(withoutChanges(tuned)),
): { readonly loss: number; readonly gradients: Gradients } {
  const changed = folded(base, tuned, shape.lora.alpha);
  return withSlots(shape.mixture, withoutChanges(tuned), (slots, parts) => {
    const tensors = trains.flatMap((part) => [...parts[part]!.values()]);
    const result = differentiate(tensors, () => loss({ shape, base: changed, ...slots }));
    let end = 0;
    const gradients = trains.map((part) => {
      const gradient = result.gradient.subarray(end, (end += tuned[part]!.values.length));
      const { weight = 1 } = mixedSlot(shape.mixture, part)?.blend ?? {};
      return [part, weight === 1 ? gradient : gradient.map((value) => weight * value)] as const;
    });
    return { loss: result.loss, gradients: Object.fromEntries(gradients) };
  });
}

/**
 * Runs `work` with a model whose tuned sets are brought to the backend, and frees them again; changes of the base are
 * added to it.
 */
export function withModel<T>(shape: ModelShape, base: Weights, tuned: TunedSets, work: (model: Gpt) => T): T {
  const changed = folded(base, tuned, shape.lora.alpha);
  return withSlots(shape.mixture, withoutChanges(tuned), (slots) => work({ shape, base: changed, ...slots }));
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
