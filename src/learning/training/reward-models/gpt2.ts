import { perObjective } from '../../objective.js';
import type { Gpt } from '../../model/gpt.js';
import { lastStates, scoreCritic, scoreHead, scoreHeadOf } from '../../model/gpt-reward.js';
import { readHead } from '../../model/head.js';
import { responseStates, withoutLast } from '../../model/reward-features.js';
import { frozenWeights, withWeights, type Weights } from '../../model/weights.js';
import { concatenated } from '../rollout.js';
import type { GptRewardShape } from '../../model/model-shape.js';
import type { RewardModels, RewardRequest } from './reward-models.js';
import { headsOver } from './over-backbone.js';
import type { Network } from './pretrained.js';
import { wholeNetwork } from './whole.js';
import { noSlots } from '../../model/slots.js';

/**
 * Causal GPT-2s that read the language model's own tokens (src/learning/model/gpt-reward.ts), each trained
 * whole or as a head over one frozen backbone. A score is read at the answer's last token. A critic (Step
 * 3.1) is the reward model's head, read before every token over the reward model's own backbone, which is
 * frozen from then on: it begins as the reward model, and cannot see the future because no state can.
 */
export function gptRewards({ model, params }: RewardRequest, { config }: GptRewardShape): RewardModels {
  const gptOf = (weights: Weights, learns = false): Gpt => ({
    shape: { ...model, config },
    base: weights,
    ...noSlots,
    trainsBase: learns,
  });
  const width = config.n_embd;
  const network: Network = {
    head: scoreHead,
    width,
    states: (weights, batch, learns) => lastStates(gptOf(weights, learns), batch),
  };
  const backbone = params.backbone && frozenWeights(params.backbone);
  const part = backbone ? headsOver(network, backbone) : wholeNetwork(network);
  return {
    train: part.train,
    scoresOfPairs: part.scoresOfPairs,
    scoresOfAnswers(answers) {
      const scoresBy = part.readRows(answers.map(({ tokens }) => tokens));
      return perObjective((objective) => scoresBy(params.rewardModels[objective]));
    },
    scoresAndStates(answers) {
      const shared = backbone && responseStates(gptOf(backbone), answers);
      const all = perObjective(
        (objective) =>
          shared ??
          withWeights(params.rewardModels[objective], (weights) => responseStates(gptOf(weights), answers)),
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
