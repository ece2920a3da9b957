import * as tf from '@tensorflow/tfjs';
import { mapValues } from '../../map-values.js';
import { sum } from '../../moments.js';
import type { PredictionBatch } from '../model/batch.js';
import { hiddenStates, type Gpt } from '../model/gpt.js';
import { lossAndGradients, type Gradients } from '../model/gradients.js';
import { tokenLogProbs } from '../model/log-probs.js';
import type { ModelShape } from '../model/model-shape.js';
import type { TunedSets } from '../model/slots.js';
import type { Weights } from '../model/weights.js';

/** Mean negative log-likelihood (nats) of the targets. */
export function responseLoss(model: Gpt, { batch, targets }: PredictionBatch): tf.Scalar {
  const hidden = hiddenStates(model, batch, targets.at);
  return tf.neg(tf.mean(tokenLogProbs(model, hidden, targets.ids)));
}

/** A model of which some parts train. */
interface Trained {
  readonly shape: ModelShape;
  readonly base: Weights;
  readonly tuned: TunedSets;
  readonly trains: readonly string[];
  /** The model as a pass has it; absent: as it is. */
  readonly inPass?: (model: Gpt, pass: number) => Gpt;
}

/**
 * The mean over the targets of all passes and its gradient: one pass after the other, each in the memory of one,
 * weighted by its targets (gradient accumulation).
 */
export function responseGradients(
  { shape, base, tuned, trains, inPass = (model) => model }: Trained,
  passes: readonly PredictionBatch[],
): { readonly loss: number; readonly gradients: Gradients } {
  const all = sum(passes.map(({ targets }) => targets.ids.length));
  const results = passes.map((rows, pass) => ({
    share: rows.targets.ids.length / all,
    ...lossAndGradients(shape, base, tuned, (model) => responseLoss(inPass(model, pass), rows), trains),
  }));
  const [first, ...others] = results;
  if (first && others.length === 0) return first;
  const gradients = mapValues(first!.gradients, ({ length }, part) => {
    const total = new Float32Array(length);
    for (const { share, gradients } of results) {
      const own = gradients[part]!;
      for (let i = 0; i < length; i++) total[i]! += share * own[i]!;
    }
    return total;
  });
  return { loss: sum(results.map(({ share, loss }) => share * loss)), gradients };
}
