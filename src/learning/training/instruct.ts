import { mapValues } from '../../map-values.js';
import { meanOrNull } from '../../moments.js';
import type { Gpt } from '../model/gpt.js';
import { trainedAtOnce } from '../model/passes.js';
import type { TunedSets } from '../model/slots.js';
import { baseWeights } from '../model/weights.js';
import { sharedFloats, type ParamSet } from '../params/param-set.js';
import { drawBatches, responsePasses } from './batches.js';
import { measure } from './evaluate.js';
import { Optimizers } from './optimizers.js';
import { inPhases } from './phase.js';
import type { TaskFunction } from './task.js';
import { responseGradients } from './token-loss.js';

/**
 * Step 1.3: tunes adapters and LoRA on local instructions. The loss of a step is the mean negative
 * log-likelihood of the batch's response tokens, end-of-text included; Adam starts anew in each task where its
 * moments are not kept (`optimizerState`). Each phase goes through the same batches. The loss that is reported is the
 * mean over the steps of the last phase.
 */
export const instruct: TaskFunction<'instruct'> = ({ model, params, data, hyper, seed }) => {
  const base = baseWeights(params.base);
  const tuned = copiesOf(params.tuned);
  const optimizers = new Optimizers(hyper.optimizers, params.moments);
  const losses: number[] = [];
  const work = {
    shape: model,
    now: tuned,
    start: params.tuned,
    state: params.state ?? {},
    options: hyper,
    optimizers,
  };
  const { state, sent } = inPhases(hyper.phases, work, (phase, share, place) => {
    const batches = drawBatches(data.train.count, hyper.batchSize, seed, 'batches');
    losses.length = 0;
    for (let step = 0; step < Math.round(share * hyper.localSteps); step++) {
      const { shape, trains } = phase;
      const passes = responsePasses(data.train, batches.next().value, trainedAtOnce(model.config));
      const inPass = dropped(hyper.loraDropout ?? 0, `${seed}/${place}/${step}`);
      const result = responseGradients({ shape, base, tuned, trains, inPass }, passes);
      phase.optimize(result.gradients);
      losses.push(result.loss);
    }
  });
  const { loss: validationLoss } = measure(model, base, tuned, data.validation);
  const metrics = { loss: meanOrNull(losses), validationLoss };
  const output = { tuned: { ...tuned, ...sent }, ...(state && { state }), ...optimizers.left };
  return Promise.resolve({ output, metrics });
};

/** The model without a part of LoRA's inputs, another part in each pass of a step. */
function dropped(rate: number, seed: string) {
  return (model: Gpt, pass: number): Gpt =>
    rate === 0 ? model : { ...model, dropout: { rate, seed: pass === 0 ? seed : `${seed}/${pass}` } };
}

/** Sets with memories of their own, for training to write to; what is not trained, changes of the base, stays. */
export function copiesOf(sets: TunedSets): TunedSets {
  return mapValues(sets, (set) => (set.kind === 'change' ? set : copyOf(set)));
}

/** A set with a memory of its own. */
export function copyOf(set: ParamSet): ParamSet {
  const values = sharedFloats(set.values.length);
  values.set(set.values);
  return { kind: set.kind, tensors: set.tensors, values };
}
