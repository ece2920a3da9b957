import * as tf from '@tensorflow/tfjs';
import type { PredictionBatch } from '../model/batch.js';
import { hiddenStates, type Gpt } from '../model/gpt.js';
import { lossAndGradients, type Trained } from '../model/gradients.js';
import { tokenLogProbs } from '../model/log-probs.js';
import { baseWeights } from '../model/weights.js';
import { sharedFloats, type ParamSet } from '../params/param-set.js';
import { drawBatches, responseBatch } from './batches.js';
import { measure } from './evaluate.js';
import { Optimizers } from './optimizers.js';
import { policyOptimizer } from './policy-optimizer.js';
import type { TaskFunction } from './task.js';

/**
 * Step 1.3: tunes adapters and LoRA on local instructions. The loss of a step is the mean negative
 * log-likelihood of the batch's response tokens, end-of-text included; the optimizer is Adam, started anew in
 * each task where its moments are not kept (`optimizerState`).
 */
export const instruct: TaskFunction<'instruct'> = ({ model, params, data, hyper, seed }) => {
  const base = baseWeights(params.base);
  const trained = copiesOf(params);
  const optimizers = new Optimizers(hyper.optimizers, params.moments);
  const optimize = policyOptimizer(trained, hyper, optimizers);
  const batches = drawBatches(data.train.count, hyper.batchSize, seed, 'batches');
  let sum = 0;
  for (let step = 0; step < hyper.localSteps; step++) {
    const rows = responseBatch(data.train, batches.next().value);
    const result = lossAndGradients(model, base, trained, (gpt) => responseLoss(gpt, rows));
    optimize(result);
    sum += result.loss;
  }
  const { loss: validationLoss } = measure(model, base, trained, data.validation);
  const metrics = { loss: sum / hyper.localSteps, validationLoss };
  const output = { adapters: trained.adapters, lora: trained.lora, ...optimizers.left };
  return Promise.resolve({ output, metrics });
};

/** Mean negative log-likelihood (nats) of the targets. */
export function responseLoss(model: Gpt, { batch, targets }: PredictionBatch): tf.Scalar {
  const hidden = hiddenStates(model, batch, targets.at);
  return tf.neg(tf.mean(tokenLogProbs(model, hidden, targets.ids)));
}

/** A set with its own memory, for training to write to. */
export function copyOf(set: ParamSet | null): ParamSet | null {
  if (set === null) return null;
  const values = sharedFloats(set.values.length);
  values.set(set.values);
  return { kind: set.kind, tensors: set.tensors, values };
}

/** Adapters and LoRA likewise. */
export function copiesOf({ adapters, lora }: Trained): Trained {
  return { adapters: copyOf(adapters), lora: copyOf(lora) };
}
