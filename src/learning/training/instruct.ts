import * as tf from '@tensorflow/tfjs';
import { mapValues } from '../../map-values.js';
import type { PredictionBatch } from '../model/batch.js';
import { hiddenStates, type Gpt } from '../model/gpt.js';
import { lossAndGradients } from '../model/gradients.js';
import { tokenLogProbs } from '../model/log-probs.js';
import type { TunedSets } from '../model/slots.js';
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
  const tuned = copiesOf(params.tuned);
  const optimizers = new Optimizers(hyper.optimizers, params.moments);
  const optimize = policyOptimizer(tuned, hyper, optimizers);
  const batches = drawBatches(data.train.count, hyper.batchSize, seed, 'batches');
  let sum = 0;
  for (let step = 0; step < hyper.localSteps; step++) {
    const rows = responseBatch(data.train, batches.next().value);
    const result = lossAndGradients(model, base, tuned, (gpt) => responseLoss(gpt, rows));
    optimize(result.gradients);
    sum += result.loss;
  }
  const { loss: validationLoss } = measure(model, base, tuned, data.validation);
  const metrics = { loss: sum / hyper.localSteps, validationLoss };
  const output = { tuned, ...optimizers.left };
  return Promise.resolve({ output, metrics });
};

/** Mean negative log-likelihood (nats) of the targets. */
export function responseLoss(model: Gpt, { batch, targets }: PredictionBatch): tf.Scalar {
  const hidden = hiddenStates(model, batch, targets.at);
  return tf.neg(tf.mean(tokenLogProbs(model, hidden, targets.ids)));
}

/** Sets with memories of their own, for training to write to. */
export function copiesOf(sets: TunedSets): TunedSets {
  return mapValues(sets, copyOf);
}

/** A set with a memory of its own. */
export function copyOf(set: ParamSet): ParamSet {
  const values = sharedFloats(set.values.length);
  values.set(set.values);
  return { kind: set.kind, tensors: set.tensors, values };
}
