import { meanOrNull, sum } from '../../moments.js';
import { perObjective } from '../objective.js';
import { k1, k3 } from './ppo/kl.js';
import { rewardModels } from './reward-models/index.js';
import { standardised } from './reward-scale.js';
import {
  lengthOf,
  promptsOf,
  readLogProbs,
  referenceLogProbs,
  sampleResponses,
  withPolicy,
} from './rollout.js';
import type { TaskFunction } from './task.js';

/**
 * The client's policy on held-out prompts; changes nothing. Response i depends on the request's seed and on i
 * only, so that measurements with one seed differ by the policy alone.
 */
export const score: TaskFunction<'score'> = async (request) => {
  const { model, params, data, hyper, seed } = request;
  const models = await rewardModels(request);
  const { rollouts, logProb } = withPolicy(model, params.base, params.tuned, (policy) => {
    const rollouts = sampleResponses(policy, promptsOf(data.prompts), hyper, seed);
    return { rollouts, logProb: readLogProbs(policy, rollouts, hyper.temperature) };
  });
  const referenceLogProb = referenceLogProbs(request, rollouts, logProb);
  const raw = models.scoresOfAnswers(rollouts);
  const scores = perObjective((objective) =>
    standardised(raw[objective], rollouts, hyper.scale[objective], hyper.missingEosPenalty),
  );
  return {
    output: {},
    metrics: {
      ...perObjective((objective) => meanOrNull(scores[objective])),
      klK1: meanOrNull(logProb.map((own, i) => sum(k1(own, referenceLogProb[i]!)))),
      klK3: meanOrNull(logProb.map((own, i) => sum(k3(own, referenceLogProb[i]!)))),
      length: meanOrNull(rollouts.map(lengthOf)),
      ended: meanOrNull(rollouts.map(({ ended }) => Number(ended))),
    },
    responses: rollouts.map(({ tokens, response, ended }) =>
      tokens.slice(response, ended ? tokens.length - 1 : tokens.length),
    ),
    ended: rollouts.map(({ ended }) => ended),
    scores,
  };
};
