import type { TokenTable } from '../data/token-table.js';
import type { Objective } from '../data/types.js';
import type { Gpt } from '../model/gpt.js';
import { readValues } from '../model/reward-model.js';
import type { ParamSet } from '../params/param-set.js';
import { drawBatches } from './batches.js';
import { HeadTrainer } from './head-trainer.js';
import { preferenceLoss, type PreferenceLoss } from './preference-loss.js';
import { frozenModel, perObjective } from './rollout.js';
import { tableFeatures } from './table-features.js';
import type { TaskFunction, Tasks } from './task.js';

/**
 * Step 2.3: trains both reward models on the client's preference pairs with AdamW. `helpfulLoss` and
 * `harmlessLoss` are means over the steps, the other figures those of the trained models on held-out pairs.
 */
export const reward: TaskFunction<'reward'> = ({ model, params, data, hyper, seed }) => {
  const base = frozenModel(model, params.base);
  const { helpful, harmless } = perObjective((objective) => {
    const trained = trainOn(base, params[objective], data[`${objective}Train`], hyper, seed, objective);
    return { ...trained, test: rankingOf(base, trained.set, data[`${objective}Test`]) };
  });
  return Promise.resolve({
    output: { helpful: helpful.set, harmless: harmless.set },
    metrics: {
      helpfulLoss: helpful.loss,
      harmlessLoss: harmless.loss,
      helpfulTestLoss: helpful.test.loss,
      harmlessTestLoss: harmless.test.loss,
      helpfulAccuracy: helpful.test.accuracy,
      harmlessAccuracy: harmless.test.accuracy,
    },
  });
};

/** How a reward model ranks the pairs of a table; NaN where it has none. */
export function rankingOf(base: Gpt, set: ParamSet, pairs: TokenTable): PreferenceLoss {
  if (pairs.count === 0) return preferenceLoss([]);
  return preferenceLoss(readValues(set, tableFeatures(base, pairs)));
}

/** A client without pairs of an objective leaves its reward model as it is. */
function trainOn(
  base: Gpt,
  start: ParamSet,
  pairs: TokenTable,
  hyper: Tasks['reward']['hyper'],
  seed: string,
  objective: Objective,
): { set: ParamSet; loss: number } {
  if (pairs.count === 0) return { set: start, loss: NaN };
  const features = tableFeatures(base, pairs);
  const width = features.length / pairs.count;
  const trainer = new HeadTrainer(start, hyper);
  const batches = drawBatches(pairs.count / 2, hyper.batchSize, seed, 'pairs', objective);
  let sum = 0;
  for (let step = 0; step < hyper.localSteps; step++) {
    const batch = selectPairs(features, width, batches.next().value);
    sum += trainer.step(batch, preferenceLoss).loss;
  }
  return { set: trainer.set, loss: sum / hyper.localSteps };
}

/** Rows 2i and 2i + 1, chosen and rejected, of each pair i. */
function selectPairs(features: Float32Array, width: number, pairs: readonly number[]): Float32Array {
  const selected = new Float32Array(pairs.length * 2 * width);
  pairs.forEach((pair, i) =>
    selected.set(features.subarray(pair * 2 * width, (pair + 1) * 2 * width), i * 2 * width),
  );
  return selected;
}
