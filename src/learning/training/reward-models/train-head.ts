import type { Head } from '../../model/head.js';
import type { ParamSet } from '../../params/param-set.js';
import { drawBatches } from '../batches.js';
import { HeadTrainer } from '../head-trainer.js';
import { preferenceLoss } from '../preference-loss.js';
import type { RewardTraining, TrainedReward } from './reward-models.js';

/** Step 2.3 for a head: `features` hold the rows 2i and 2i + 1, chosen and rejected, of each pair i. */
export function trainHead(
  head: Head,
  start: ParamSet,
  features: Float32Array,
  { hyper, seed, objective }: RewardTraining,
): TrainedReward {
  const trainer = new HeadTrainer(head, start, hyper);
  const width = head.widthOf(start);
  const batches = drawBatches(features.length / (2 * width), hyper.batchSize, seed, 'pairs', objective);
  const lossOf = (scores: Float32Array) => preferenceLoss(scores, hyper.centerCoefficient);
  let sum = 0;
  for (let step = 0; step < hyper.localSteps; step++) {
    const batch = selectPairs(features, width, batches.next().value);
    sum += trainer.step(batch, lossOf).loss;
  }
  return { set: trainer.set, loss: sum / hyper.localSteps };
}

function selectPairs(features: Float32Array, width: number, pairs: readonly number[]): Float32Array {
  const selected = new Float32Array(pairs.length * 2 * width);
  pairs.forEach((pair, i) =>
    selected.set(features.subarray(pair * 2 * width, (pair + 1) * 2 * width), i * 2 * width),
  );
  return selected;
}
