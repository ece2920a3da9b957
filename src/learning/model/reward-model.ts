import * as tf from '@tensorflow/tfjs';
import {
  drawnSet,
  paramSet,
  tensorsOf,
  weightAndBias,
  type ParamSet,
  type TensorSpec,
} from '../params/param-set.js';
import type { Stream } from '../../simulation/random/stream.js';
import type { ModelConfig } from './config.js';
import { readHead, type Head } from './head.js';

/*
 * Step 2.1's small fully-connected network. It reads features of the frozen base model (no adapters, no
 * LoRA), so that they mean the same to all clients and to the server, and gives one number per token:
 *
 *   value = relu(x · hidden.weight + hidden.bias) · value.weight + value.bias        x: (N, 2d)
 *
 * Read at a response's last token it is the reward model; read before every token it is a critic (Step 3.1),
 * which cannot see the future because the features cannot.
 */

/** Width of the features that a language model of this shape gives. */
export function featureWidth(config: ModelConfig): number {
  return 2 * config.n_embd;
}

/** The tensors of a reward model, from features through a hidden layer to a value. */
export function rewardTensors(features: number, hidden: number): readonly TensorSpec[] {
  return [...weightAndBias('reward.hidden', features, hidden), ...weightAndBias('reward.value', hidden, 1)];
}

/** A new reward model; its last layer is small, so that all scores start near zero. */
export function initialRewardModel(features: number, hidden: number, draws: Stream): ParamSet {
  const deviations = new Map([
    ['reward.hidden.weight', 1 / Math.sqrt(features)],
    ['reward.value.weight', 1 / (hidden + 1)],
  ]);
  return drawnSet('reward', rewardTensors(features, hidden), ({ name }) => {
    const deviation = deviations.get(name);
    return deviation === undefined ? null : () => deviation * draws.normal();
  });
}

/**
 * A critic that starts from a reward model (Step 3.1). The standardisation (score − mean) / std of the
 * rewards is folded into the last layer, so that the critic's first values are on the scale of the rewards
 * that it predicts.
 */
export function criticOf(reward: ParamSet, mean: number, std: number): ParamSet {
  const tensors = [...tensorsOf(reward)].map((tensor) => {
    if (tensor.name === 'reward.value.weight') {
      return { ...tensor, values: tensor.values.map((weight) => weight / std) };
    }
    if (tensor.name === 'reward.value.bias') {
      return { ...tensor, values: tensor.values.map((bias) => (bias - mean) / std) };
    }
    return tensor;
  });
  return paramSet('critic', tensors);
}

/** Values (N) of features (N, 2d), row after row, outside of any training. */
export function readValues(set: ParamSet, features: Float32Array): Float32Array {
  return readHead(featureHead, set, features);
}

/** The network as a head over the features. */
export const featureHead: Head = {
  widthOf: ({ tensors }) => tensors[0]!.shape[0]!,
  values: (weights, features) => headValues([...weights.values()], features),
};

/** Values (N) of features (N, 2d); `tensors` are those of a set, in the set's order. */
function headValues(tensors: readonly tf.Tensor[], features: tf.Tensor2D): tf.Tensor1D {
  const [hiddenWeight, hiddenBias, valueWeight, valueBias] = tensors as [
    tf.Tensor2D,
    tf.Tensor1D,
    tf.Tensor2D,
    tf.Tensor1D,
  ];
  const hidden = tf.relu(tf.add(tf.matMul(features, hiddenWeight), hiddenBias));
  return tf.reshape(tf.add(tf.matMul(hidden, valueWeight), valueBias), [-1]);
}

/**
 * Features (T, 2d) of the states of one response, given its hidden states after ln_f (T, d) in order, the
 * first being that of the prompt's last token: each state, then the mean of the states up to it, each scaled
 * to a root mean square of 1. No row depends on a later state.
 */
export function runningFeatures(hidden: Float32Array, width: number): Float32Array {
  const features = new Float32Array(hidden.length * 2);
  const sum = new Float64Array(width);
  for (let start = 0; start < hidden.length; start += width) {
    const state = hidden.subarray(start, start + width);
    for (let i = 0; i < width; i++) sum[i]! += state[i]!;
    writeUnitScaled(state, features, 2 * start);
    writeUnitScaled(sum, features, 2 * start + width);
  }
  return features;
}

/**
 * Writes values divided by their root mean square; the direction remains, so that a sum serves as well as a
 * mean.
 */
function writeUnitScaled(values: Float32Array | Float64Array, target: Float32Array, at: number): void {
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += values[i]! * values[i]!;
  const scale = 1 / Math.sqrt(squares / values.length + 1e-12);
  for (let i = 0; i < values.length; i++) target[at + i] = values[i]! * scale;
}
