import { meanOrNull, ratioOrNull, sum, varianceOrNull } from '../../moments.js';
import { pairDifferences } from './dpo/responses.js';
import { derived, type Figure } from './figure.js';
import { softplus } from './preference-loss.js';

/** How scores rank pairs: null for no pairs. */
// A type and not an interface, so that it is a record of figures as well.
export type Ranking = {
  /** Mean of −log σ(chosen − rejected), nats; ln 2 is "no idea". */
  readonly loss: Figure;
  /** Share of pairs whose chosen response scores higher; a tie counts half. */
  readonly accuracy: Figure;
  /** Expected calibration error, from 0 to 1; see {@link calibrationError}. */
  readonly calibrationError: Figure;
  /** Mean of (1 − σ(chosen − rejected))² (Brier 1950), from 0 to 1; 0.25 is "no idea". */
  readonly brierScore: Figure;
  /** Mean and population standard deviation of all scores, chosen and rejected alike. */
  readonly meanScore: Figure;
  readonly scoreStd: Figure;
};

/** Ranks pairs by scores that hold chosen and rejected in turn. */
export function rankingOf(scores: ArrayLike<number>): Ranking {
  const margins = pairDifferences(scores);
  return {
    loss: meanOrNull(margins.map((margin) => softplus(-margin))),
    accuracy: meanOrNull(margins.map(rightness)),
    calibrationError: calibrationError(margins),
    brierScore: meanOrNull(margins.map((margin) => sigmoid(-margin) ** 2)),
    meanScore: meanOrNull(scores),
    scoreStd: derived([varianceOrNull(scores)], Math.sqrt),
  };
}

const bins = 10;

/**
 * Expected calibration error, Σ |B|/n · |accuracy(B) − confidence(B)| over bins B (Guo et al., On Calibration
 * of Modern Neural Networks, ICML 2017, equation 3). A pair has no first answer, so the prediction is the one
 * that scores higher, its confidence max(p, 1 − p) for p = σ(chosen − rejected), and it is right where the
 * chosen one scores higher. The ten bins are of equal width over [0.5, 1], which are all the confidences
 * there are in a choice of two. Few pairs make the figure too large: a bin of few has an accuracy by chance.
 * Null for no pairs.
 */
export function calibrationError(margins: Float64Array): Figure {
  const sums = new Float64Array(bins);
  margins.forEach((margin) => {
    const confidence = sigmoid(Math.abs(margin));
    // A margin that is NaN has no bin: in the first it makes the whole figure NaN.
    const bin = Math.min(bins - 1, Math.floor((confidence - 0.5) * 2 * bins)) || 0;
    sums[bin]! += rightness(margin) - confidence;
  });
  return ratioOrNull(sum(sums.map(Math.abs)), margins.length);
}

/** 1 where the margin is above 0, 0.5 at 0, 0 below; NaN of NaN, which is neither. */
function rightness(margin: number): number {
  return (Math.sign(margin) + 1) / 2;
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
