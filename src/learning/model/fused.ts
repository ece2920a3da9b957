import * as tf from '@tensorflow/tfjs';
import type { Forward } from './kernels/kernels.js';

/**
 * An operation with a gradient of its own: `forward` gives its value and what `backward` wants to see again,
 * `backward` one gradient for each of `inputs`. Tensors that are no inputs are constants; they must outlive
 * the tape. Where nothing records, it is `forward` alone: `tf.customGrad` would cost as much as a small product.
 */
export function fused<R extends tf.Rank>(
  inputs: readonly tf.Tensor[],
  forward: () => Forward,
  backward: (dy: tf.Tensor, saved: readonly tf.Tensor[]) => tf.Tensor[],
): tf.Tensor<R> {
  if (tf.engine().state.gradientDepth === 0) return tf.tidy(() => forward().value as tf.Tensor<R>);
  return tf.customGrad((...args) => {
    const save = args.at(-1) as unknown as tf.GradSaveFunc;
    const { value, saved } = forward();
    save([...saved]);
    return { value, gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => backward(dy, saved) };
  })(...inputs) as tf.Tensor<R>;
}
