import { perObjective } from '../objective.js';
import { warmedUp } from './critic-warm-up.js';
import { rewardModels } from './reward-models/index.js';
import { scaleOfScores, standardised } from './reward-scale.js';
import { choosePrompts, lengthOf, sampleResponses, withPolicy } from './rollout.js';
import type { TaskFunction } from './task.js';

/**
 * Step 3.1: from here on the reward models are frozen. Their scores of responses that the client's own policy
 * gives now, before any alignment, set the scale of the rewards; the critics start as the reward models on
 * that scale, or as new networks where a reward model cannot be a critic (`RewardModels.critic`). Where they are
 * to be warmed up they learn from these same responses, which no round sees again.
 */
export const freeze: TaskFunction<'freeze'> = async (request) => {
  const { model, params, data, hyper, seed } = request;
  const models = await rewardModels(request);
  const prompts = choosePrompts(seed, hyper.prompts, hyper.sensitiveShare, data);
  const rollouts = withPolicy(model, params.base, params.tuned, (policy) =>
    sampleResponses(policy, prompts, hyper, seed),
  );
  const warmsUp = hyper.criticWarmupSteps > 0 && rollouts.length > 0;
  const { scores, states } = warmsUp
    ? models.scoresAndStates(rollouts)
    : { scores: models.scoresOfAnswers(rollouts), states: null };
  const scale = perObjective((objective) => scaleOfScores(scores[objective]));
  const critics = perObjective((objective) => models.critic(objective, scale[objective]));
  if (states === null) return { output: { critics, scale }, metrics: scale };
  const samples = {
    scores: perObjective((objective) =>
      standardised(scores[objective], rollouts, scale[objective], hyper.missingEosPenalty),
    ),
    states,
    lengths: rollouts.map(lengthOf),
  };
  return {
    output: { critics: warmedUp(critics, models.criticHead, samples, hyper, seed), scale },
    metrics: scale,
  };
};
