import { perObjective } from '../../objective.js';
import { packRows } from '../../model/batch.js';
import type { Gpt } from '../../model/gpt.js';
import { lastStates, scoreCritic, scoreHead, scoreHeadOf } from '../../model/gpt-reward.js';
import { readHead } from '../../model/head.js';
import { responseStates, withoutLast, type Answer } from '../../model/reward-features.js';
import { baseWeights, disposeWeights, upload, type Weights } from '../../model/weights.js';
import type { ParamSet } from '../../params/param-set.js';
import { concatenated } from '../rollout.js';
import type { GptRewardShape } from '../../model/model-shape.js';
import type { RewardModels, RewardRequest } from './reward-models.js';
import { headsOver } from './over-backbone.js';
import type { PretrainedPart } from './pretrained.js';
import { wholeNetwork } from './whole.js';

/** A GPT-2 of weights on the backend: constants, or all of them trained. */
type GptOf = (weights: Weights, learns?: boolean) => Gpt;

/**
 * Causal GPT-2s that read the language model's own tokens (src/learning/model/gpt-reward.ts), each trained whole or as
 * a head over one frozen backbone. A score is read at the answer's last token. A critic (Step 3.1) is the
 * reward model's head, read before every token over the reward model's own backbone, which is frozen from
 * then on: it begins as the reward model, and cannot see the future because no state can.
 */
export function gptRewards({ model, params }: RewardRequest, { config }: GptRewardShape): RewardModels {
  const gptOf: GptOf = (weights, learns = false) => ({
    shape: { ...model, config },
    base: weights,
    adapters: null,
    lora: null,
    trainsBase: learns,
  });
  const { backbone } = params;
  const part = backbone ? headsOverFrozen(gptOf, backbone) : wholeGpt(gptOf);
  const width = config.n_embd;
  return {
    train: part.train,
    scoresOfPairs: part.scoresOfPairs,
    scoresOfAnswers(answers) {
      const scoresBy = part.readRows(answers.map(({ tokens }) => tokens));
      return perObjective((objective) => scoresBy(params.rewardModels[objective]));
    },
    scoresAndStates(answers) {
      const shared = backbone && responseStates(gptOf(baseWeights(backbone)), answers);
      const all = perObjective(
        (objective) => shared ?? ownStates(gptOf, params.rewardModels[objective], answers),
      );
      const lastOf = (rows: readonly Float32Array[]) => concatenated(rows.map((row) => row.subarray(-width)));
      return {
        scores: perObjective((objective) =>
          readHead(scoreHead, scoreHeadOf(params.rewardModels[objective]), lastOf(all[objective])),
        ),
        states: perObjective((objective) => withoutLast(all[objective], width)),
      };
    },
    criticHead: scoreHead,
    critic: (objective, { mean, std }) => scoreCritic(params.rewardModels[objective], mean, std),
  };
}

function wholeGpt(gptOf: GptOf): PretrainedPart {
  return wholeNetwork((weights, rows, learns) =>
    scoreHead.values(weights, lastStates(gptOf(weights, learns), packRows(rows))),
  );
}

function headsOverFrozen(gptOf: GptOf, backbone: ParamSet): PretrainedPart {
  const model = gptOf(baseWeights(backbone));
  return headsOver({
    weights: model.base,
    width: model.shape.config.n_embd,
    head: scoreHead,
    states: (batch) => lastStates(model, batch),
  });
}

/** States of responses under a reward model's own backbone, (L + 1, C) each. */
function ownStates(gptOf: GptOf, reward: ParamSet, answers: readonly Answer[]): Float32Array[] {
  const weights = upload(reward);
  try {
    return responseStates(gptOf(weights), answers);
  } finally {
    disposeWeights(weights);
  }
}
