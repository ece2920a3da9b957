import { responseFeatures } from '../model/reward-features.js';
import { readValues } from '../model/reward-model.js';
import type { Observation } from './experience.js';
import {
  choosePrompts,
  concatenated,
  frozenModel,
  perObjective,
  readLogProbs,
  sampleResponses,
  scaleOf,
  standardised,
  withPolicy,
} from './rollout.js';
import type { TaskRequest } from './task.js';

/**
 * What Step 3.2 starts from: responses of the current policy, their log-probabilities under it and under the
 * frozen reference, both reward models' scores and both critics' values. Prompts that leave no room for a
 * response are dropped.
 */
export function observe({ model, params, data, hyper, seed }: TaskRequest<'align'>): Observation[] {
  const prompts = choosePrompts(seed, hyper.promptsPerRound, hyper.sensitiveShare, data);
  const { rollouts, logProbs } = withPolicy(model, params.base, params, (policy) => {
    const sampled = sampleResponses(policy, prompts, hyper, seed);
    const rollouts = sampled.filter(({ tokens, response }) => tokens.length > response);
    return { rollouts, logProbs: readLogProbs(policy, rollouts, hyper.temperature) };
  });
  const reference = { adapters: params.referenceAdapters, lora: params.referenceLora };
  const referenceLogProbs = withPolicy(model, params.base, reference, (policy) =>
    readLogProbs(policy, rollouts, hyper.temperature),
  );
  const width = params.helpful.tensors[0]!.shape[0]!;
  const features = responseFeatures(frozenModel(model, params.base), rollouts);
  const final = concatenated(features.map((rows) => rows.subarray(-width)));
  const scores = perObjective((objective) =>
    standardised(
      readValues(params[objective], final),
      rollouts,
      scaleOf(hyper.scale, objective),
      hyper.missingEosPenalty,
    ),
  );
  return rollouts.map((rollout, i) => {
    const states = features[i]!.subarray(0, -width);
    return {
      rollout,
      logProb: logProbs[i]!,
      referenceLogProb: referenceLogProbs[i]!,
      score: perObjective((objective) => scores[objective][i]!),
      states,
      values: perObjective((objective) =>
        Float64Array.from(readValues(params[`${objective}Critic`], states)),
      ),
    };
  });
}
