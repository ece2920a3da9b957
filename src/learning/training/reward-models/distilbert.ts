import { perObjective } from '../../objective.js';
import { enclosed } from '../../data/word-piece.js';
import { packRows } from '../../model/batch.js';
import { distilBertHead, firstStates, headScores } from '../../model/distilbert.js';
import { responseFeatures, withoutLast, type Answer } from '../../model/reward-features.js';
import { criticOf, featureHead, featureWidth, initialRewardModel } from '../../model/reward-model.js';
import { baseWeights } from '../../model/weights.js';
import type { ParamSet } from '../../params/param-set.js';
import { stream } from '../../../simulation/random/stream.js';
import { frozenModel } from '../rollout.js';
import type { DistilBertShape } from '../../model/model-shape.js';
import type { RewardModels, RewardRequest } from './reward-models.js';
import { headsOver } from './over-backbone.js';
import type { PretrainedPart } from './pretrained.js';
import { openTokenizers } from './tokenizers.js';
import { wholeNetwork } from './whole.js';

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
  const part = params.backbone ? headsOverFrozen(shape, params.backbone) : wholeDistilBert(shape);
  const rowOf = ({ tokens }: Answer) => {
    const ids = reward.encode(language.decode(tokens));
    return Int32Array.from(enclosed(reward, ids, shape.config.max_position_embeddings, 'last'));
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

/** Rows are [CLS] tokens [SEP]; a score is read at [CLS]. */
function wholeDistilBert({ config }: DistilBertShape): PretrainedPart {
  return wholeNetwork((weights, rows, learns) =>
    headScores(weights, firstStates({ config, weights, learns }, packRows(rows))),
  );
}

function headsOverFrozen({ config }: DistilBertShape, backbone: ParamSet): PretrainedPart {
  const weights = baseWeights(backbone);
  return headsOver({
    weights,
    width: config.dim,
    head: distilBertHead,
    states: (batch) => firstStates({ config, weights, learns: false }, batch),
  });
}
