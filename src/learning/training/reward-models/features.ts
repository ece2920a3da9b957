import { perObjective } from '../../objective.js';
import { responseFeatures, scoreFeatures, withoutLast } from '../../model/reward-features.js';
import { criticOf, featureHead, featureWidth, readValues } from '../../model/reward-model.js';
import { concatenated, frozenModel } from '../rollout.js';
import { tableFeatures } from '../table-features.js';
import type { RewardModels, RewardRequest } from './reward-models.js';
import { trainHead } from './train-head.js';

/**
 * Small networks on features of the frozen base model (src/learning/model/reward-model.ts): the embedded one, or the
 * causal GPT-2 of the scenario's folder. A score is read at the answer's last token, end-of-text where the
 * answer was not cut: the state after it, and the mean of the states from the prompt's last token up to it.
 * The base attends to nothing that comes later, so the same network read at every token is a critic that
 * cannot see the future. The backbone is not trained, only the networks are.
 */
export function featureRewards({ model, params }: RewardRequest): RewardModels {
  const base = frozenModel(model, params.base);
  const width = featureWidth(model.config);
  const scoresOf = (features: Float32Array) =>
    perObjective((objective) => readValues(params.rewardModels[objective], features));
  return {
    train: (start, pairs, training) => trainHead(featureHead, start, tableFeatures(base, pairs), training),
    scoresOfPairs: (set, pairs) => readValues(set, tableFeatures(base, pairs)),
    scoresOfAnswers: (answers) => scoresOf(scoreFeatures(base, answers)),
    scoresAndStates(answers) {
      const features = responseFeatures(base, answers);
      const states = withoutLast(features, width);
      return {
        scores: scoresOf(concatenated(features.map((rows) => rows.subarray(-width)))),
        states: perObjective(() => states),
      };
    },
    criticHead: featureHead,
    critic: (objective, { mean, std }) => criticOf(params.rewardModels[objective], mean, std),
  };
}
