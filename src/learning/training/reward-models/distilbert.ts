import { perObjective } from '../../objective.js';
import { enclosed } from '../../data/word-piece.js';
import { distilBertHead, firstStates } from '../../model/distilbert.js';
import { responseFeatures, withoutLast, type Answer } from '../../model/reward-features.js';
import { criticOf, featureHead, featureWidth, initialRewardModel } from '../../model/reward-model.js';
import { frozenWeights } from '../../model/weights.js';
import { stream } from '../../../simulation/random/stream.js';
import { frozenModel } from '../rollout.js';
import type { DistilBertShape } from '../../model/model-shape.js';
import type { RewardModels, RewardRequest } from './reward-models.js';
import { headsOver } from './over-backbone.js';
import type { Network } from './pretrained.js';
import { openTokenizers } from './tokenizers.js';
import { wholeNetwork } from './whole.js';

/**
 * DistilBERTs that read text: tables of pairs are tokens of theirs already; what the language model wrote is
 * decoded and tokenized again. Only the end of a text that is too long is read. A DistilBERT sees both ways
 * and judges whole responses, so it can start no critic: a critic is a new network on the base's features,
 * whose first values are near 0, the mean of the standardised rewards.
 */
export async function distilBertRewards(
  { model, params, seed }: RewardRequest,
  shape: DistilBertShape,
): Promise<RewardModels> {
  const { language, reward } = await openTokenizers(shape);
  const { config } = shape;
  // Rows are [CLS] tokens [SEP]; a score is read at [CLS].
  const network: Network = {
    head: distilBertHead,
    width: config.dim,
    states: (weights, batch, learns) => firstStates({ config, weights, learns }, batch),
  };
  const { backbone } = params;
  const part = backbone ? headsOver(network, frozenWeights(backbone)) : wholeNetwork(network);
  const rowOf = ({ tokens }: Answer) => {
    const ids = reward.encode(language.decode(tokens));
    return Int32Array.from(enclosed(reward, ids, config.max_position_embeddings, 'last'));
  };
  const scoresOfAnswers: RewardModels['scoresOfAnswers'] = (answers) => {
    const scoresBy = part.readRows(answers.map(rowOf));
    return perObjective((objective) => scoresBy(params.rewardModels[objective]));
  };
  const width = featureWidth(model.config);
  return {
    train: part.train,
    scoresOfPairs: part.scoresOfPairs,
    scoresOfAnswers,
    scoresAndStates(answers) {
      const states = withoutLast(responseFeatures(frozenModel(model, params.base), answers), width);
      return { scores: scoresOfAnswers(answers), states: perObjective(() => states) };
    },
    criticHead: featureHead,
    critic(objective) {
      const draws = stream(seed, 'critic', objective);
      return criticOf(initialRewardModel(width, shape.criticHidden, draws), 0, 1);
    },
  };
}
