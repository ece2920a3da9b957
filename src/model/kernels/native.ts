import * as tf from '@tensorflow/tfjs';
import { attentionOn } from './attention.js';
import { threadHeap } from './heap.js';
import type { Kernels } from './kernels.js';
import { transposeOf } from '../transposes.js';
import { portable } from './portable.js';

/*
 * The native library: attention by the compiled kernel in a memory of its own, TensorFlow's fused softmax and
 * cross-entropy in place of a dozen passes over (M, V), everything else by TensorFlow.js's operations.
 */

/** What this file uses of the class behind `tf.backend()` of @tensorflow/tfjs-node. */
interface NativeBackend {
  readonly binding: { readonly TF_ATTR_TYPE: number; readonly TF_FLOAT: number; readonly TF_INT32: number };
  executeMultipleOutputs(
    operation: string,
    attributes: readonly { readonly name: string; readonly type: number; readonly value: number }[],
    inputs: readonly tf.TensorInfo[],
    outputs: number,
  ): tf.Tensor[];
}

let started: Kernels | undefined;

/** The kernels of the native library. */
export function native(): Kernels {
  return (started ??= { ...portable, ...attentionOn(threadHeap()), ...fused });
}

const fused = {
  /** A plain product: with Eigen one with a large transposed matrix takes two to three times as long. */
  timesTransposed: (x, w) => tf.matMul(x, transposeOf(w)),

  logSoftmaxAt: (scores, ids) => {
    const backend = tf.backend() as unknown as NativeBackend;
    const { TF_ATTR_TYPE: type, TF_FLOAT, TF_INT32 } = backend.binding;
    const attributes = [
      { name: 'T', type, value: TF_FLOAT },
      { name: 'Tlabels', type, value: TF_INT32 },
    ];
    const inputs = [scores, tf.tensor1d(ids, 'int32')];
    const operation = 'SparseSoftmaxCrossEntropyWithLogits';
    const [loss, change] = backend.executeMultipleOutputs(operation, attributes, inputs, 2);
    return { value: tf.neg(loss!), saved: [change!] };
  },

  /** TensorFlow gives softmax − onehot along with the loss. */
  logSoftmaxAtGradient: (dy, _scores, _ids, saved) =>
    tf.mul(saved[0] as tf.Tensor2D, tf.neg(tf.reshape(dy, [-1, 1]))),
} satisfies Partial<Kernels>;
