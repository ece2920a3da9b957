import { drawBatches } from '../batches.js';
import type { HeadTrainer } from '../head-trainer.js';
import { preferenceLoss } from '../preference-loss.js';
import type { RewardTraining, TrainedReward } from './reward-models.js';

/** Step 2.3 for a head: `features` hold the rows 2i and 2i + 1, chosen and rejected, of each pair i. */
export function trainHead(
  trainer: HeadTrainer,
  features: Float32Array,
  pairs: number,
  { hyper, seed, objective }: RewardTraining,
): TrainedReward {
  const width = features.length / (2 * pairs);
  const batches = drawBatches(pairs, hyper.batchSize, seed, 'pairs', objective);
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
