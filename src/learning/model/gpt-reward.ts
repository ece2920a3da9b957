import * as tf from '@tensorflow/tfjs';
import { paramSet, tensorsOf, type ParamSet, type TensorSpec } from '../params/param-set.js';
import type { Batch } from './batch.js';
import type { ModelConfig } from './config.js';
import { hiddenStates, type Gpt } from './gpt.js';
import type { Head } from './head.js';
import { weight } from './weights.js';

/*
 * A causal GPT-2 as reward model, as transformers' GPT2ForSequenceClassification with one label has it: a
 * score is the state after `ln_f` at the row's last token times `score.weight`, (1, C), without a bias. No
 * state depends on a later token, so that the same head read before every token is a critic (Step 3.1).
 */

/** The tensors of the head. */
export function scoreTensors({ n_embd: width }: Pick<ModelConfig, 'n_embd'>): readonly TensorSpec[] {
  return [{ name: 'score.weight', shape: [1, width] }];
}

/** states · score.weight, plus `score.bias` where the set has one: a critic does, a reward model does not. */
export const scoreHead: Head = {
  widthOf: ({ tensors }) => tensors.find(({ name }) => name === 'score.weight')!.shape[1]!,
  values(weights, states) {
    const scores = tf.matMul(states, weight<tf.Rank.R2>(weights, 'score.weight'), false, true); // (N, 1)
    const shifted = weights.has('score.bias') ? tf.add(scores, weight(weights, 'score.bias')) : scores;
    return tf.reshape(shifted, [-1]);
  },
};

/** States (B, C) after the last token of each row, in the caller's tidy. */
export function lastStates(model: Gpt, batch: Batch): tf.Tensor2D {
  return hiddenStates(
    model,
    batch,
    batch.offsets.subarray(1).map((end) => end - 1),
  );
}

/** The head of a reward model, whether the set has its backbone or not. */
export function scoreHeadOf(reward: ParamSet): ParamSet {
  return paramSet(
    'reward',
    [...tensorsOf(reward)].filter(({ name }) => name === 'score.weight'),
  );
}

/**
 * A critic that starts from a reward model's head: (score − mean) / std of the states that it reads, the
 * scale of the rewards that it predicts.
 */
export function scoreCritic(reward: ParamSet, mean: number, std: number): ParamSet {
  const [{ name, shape, values }] = [...tensorsOf(scoreHeadOf(reward))] as [
    TensorSpec & { readonly values: Float32Array },
  ];
  return paramSet('critic', [
    { name, shape, values: values.map((value) => value / std) },
    { name: 'score.bias', shape: [1], values: [-mean / std] },
  ]);
}
