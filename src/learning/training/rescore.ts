import { perObjective } from '../objective.js';
import { tableRow } from './batches.js';
import { rewardModels } from './reward-models/index.js';
import { standardised } from './reward-scale.js';
import type { Rollout } from './rollout.js';
import type { TaskFunction } from './task.js';

/** Responses that nobody has sampled, judged as those of `score` are; changes nothing. */
export const rescore: TaskFunction<'rescore'> = async (request) => {
  const { model, data, hyper } = request;
  const models = await rewardModels(request);
  const rollouts = Array.from({ length: data.responses.count }, (_, row): Rollout => {
    const { tokens, response } = tableRow(data.responses, row);
    const ended = tokens.length > response && tokens.at(-1) === model.config.eos_token_id;
    return { tokens, response, ended };
  });
  const raw = models.scoresOfAnswers(rollouts);
  const scores = perObjective((objective) =>
    standardised(raw[objective], rollouts, hyper.scale[objective], hyper.missingEosPenalty),
  );
  return { output: {}, metrics: {}, scores };
};
