import { mean, variance } from '../../moments.js';
import { pairDifferences } from './dpo/responses.js';
import { softplus } from './preference-loss.js';

/** How scores rank pairs: NaN for no pairs. */
// A type and not an interface, so that it is a record of numbers as well.
export type Ranking = {
  /** Mean of −log σ(chosen − rejected), nats; ln 2 is "no idea". */
  readonly loss: number;
  /** Share of pairs whose chosen response scores higher; a tie counts half. */
  readonly accuracy: number;
  /** Expected calibration error, from 0 to 1; see {@link calibrationError}. */
  readonly calibrationError: number;
  /** Mean of (1 − σ(chosen − rejected))² (Brier 1950), from 0 to 1; 0.25 is "no idea". */
  readonly brierScore: number;
  /** Mean and population standard deviation of all scores, chosen and rejected alike. */
  readonly meanScore: number;
  readonly scoreStd: number;
};

/** Ranks pairs by scores that hold chosen and rejected in turn. */
export function rankingOf(scores: ArrayLike<number>): Ranking {
  const margins = pairDifferences(scores);
  return {
    loss: mean(margins.map((margin) => softplus(-margin))),
    accuracy: mean(margins.map(rightness)),
    calibrationError: calibrationError(margins),
    brierScore: mean(margins.map((margin) => sigmoid(-margin) ** 2)),
    meanScore: mean(scores),
    scoreStd: Math.sqrt(variance(scores)),
  };
}

const bins = 10;

/**
 * Expected calibration error, Σ |B|/n · |accuracy(B) − confidence(B)| over bins B (Guo et al., On Calibration
 * of Modern Neural Networks, ICML 2017, equation 3). A pair has no first answer, so the prediction is the one
 * that scores higher, its confidence max(p, 1 − p) for p = σ(chosen − rejected), and it is right where the
 * chosen one scores higher. The ten bins are of equal width over [0.5, 1], which are all the confidences
 * there are in a choice of two. Few pairs make the figure too large: a bin of few has an accuracy by chance.
 */
export function calibrationError(margins: Float64Array): number {
  const sums = new Float64Array(bins);
  margins.forEach((margin) => {
    const confidence = sigmoid(Math.abs(margin));
    const bin = Math.min(bins - 1, Math.floor((confidence - 0.5) * 2 * bins));
    sums[bin]! += rightness(margin) - confidence;
  });
  return sums.reduce((error, sum) => error + Math.abs(sum), 0) / margins.length;
}

function rightness(margin: number): number {
  return margin > 0 ? 1 : margin === 0 ? 0.5 : 0;
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
