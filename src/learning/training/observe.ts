import { perObjective } from '../objective.js';
import { readHead } from '../model/head.js';
import type { Observation } from './experience.js';
import { readTokens } from './read-tokens.js';
import type { RewardModels } from './reward-models/reward-models.js';
import { standardised } from './reward-scale.js';
import { choosePrompts, referenceLogProbs, sampleResponses, withPolicy } from './rollout.js';
import type { TaskRequest } from './task.js';

/**
 * What Step 3.2 starts from: responses of the current policy, their log-probabilities under it and under the
 * frozen reference, its entropy, both reward models' scores and both critics' values. Prompts that leave no
 * room for a response are dropped. A response that reaches its end has end-of-text as its last token, and
 * that is the token the score is given to; one that does not loses `missingEosPenalty` of its score.
 */
export function observe(request: TaskRequest<'align'>, models: RewardModels): Observation[] {
  const { model, params, data, hyper, seed } = request;
  const prompts = choosePrompts(seed, hyper.promptsPerRound, hyper.sensitiveShare, data);
  const { rollouts, logProbs, entropies } = withPolicy(model, params.base, params.tuned, (policy) => {
    const sampled = sampleResponses(policy, prompts, hyper, seed);
    const rollouts = sampled.filter(({ tokens, response }) => tokens.length > response);
    return { rollouts, ...readTokens(policy, rollouts, hyper.temperature) };
  });
  if (rollouts.length === 0) return [];
  const ofReference = referenceLogProbs(request, rollouts, logProbs);
  const { scores: raw, states } = models.scoresAndStates(rollouts);
  const scores = perObjective((objective) =>
    standardised(raw[objective], rollouts, hyper.scale[objective], hyper.missingEosPenalty),
  );
  return rollouts.map((rollout, i) => ({
    rollout,
    logProb: logProbs[i]!,
    referenceLogProb: ofReference[i]!,
    score: perObjective((objective) => scores[objective][i]!),
    states: perObjective((objective) => states[objective][i]!),
    entropy: entropies[i]!,
    values: perObjective((objective) =>
      Float64Array.from(readHead(models.criticHead, params.critics[objective], states[objective][i]!)),
    ),
  }));
}
