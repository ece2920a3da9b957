import { enclosed } from '../../data/word-piece.js';
import type { Answer } from '../../model/reward-features.js';
import { criticOf, featureWidth, initialRewardModel } from '../../model/reward-model.js';
import type { ParamSet } from '../../params/param-set.js';
import { stream } from '../../random/stream.js';
import { perObjective } from '../rollout.js';
import type { DistilBertShape } from '../task.js';
import { headOverBackbone } from './distilbert-head.js';
import { wholeDistilBert } from './distilbert-whole.js';
import type { RewardModels, RewardRequest } from './index.js';
import { openTokenizers } from './tokenizers.js';

/** Which of a DistilBERT's tensors a reward model is: all of them, or the head over a frozen backbone. */
export interface DistilBertPart extends Pick<RewardModels, 'train' | 'scoresOfPairs'> {
  /** A reader of the scores of rows, [CLS] tokens [SEP] each, by any reward model. */
  readRows(rows: readonly Int32Array[]): (set: ParamSet) => Float32Array;
}

/**
 * DistilBERTs that read text: tables of pairs are tokens of theirs already; what the language model wrote is
 * decoded and tokenized again. Of a text that is too long its end is read. A DistilBERT sees both ways and
 * judges whole responses, so it can start no critic: a critic is a new network on the base's features, whose
 * first values are near 0, the mean of the standardised rewards.
 */
export async function distilBertRewards(
  { model, params, seed }: RewardRequest,
  shape: DistilBertShape,
): Promise<RewardModels> {
  const { language, reward } = await openTokenizers(shape);
  const part = params.backbone ? headOverBackbone(shape, params.backbone) : wholeDistilBert(shape);
  const rowOf = ({ tokens }: Answer) => {
    const ids = reward.encode(language.decode(tokens));
    return Int32Array.from(enclosed(reward, ids, shape.config.max_position_embeddings, 'last'));
  };
  return {
    train: part.train,
    scoresOfPairs: part.scoresOfPairs,
    scoresOfAnswers(answers) {
      const scoresBy = part.readRows(answers.map(rowOf));
      return perObjective((objective) => scoresBy(params[objective]));
    },
    critic(objective) {
      const draws = stream(seed, 'critic', objective);
      return criticOf(initialRewardModel(featureWidth(model.config), shape.criticHidden, draws), 0, 1);
    },
  };
}
