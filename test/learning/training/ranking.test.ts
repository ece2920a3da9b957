import assert from 'node:assert/strict';
import { stream } from '../../../src/simulation/random/stream.js';
import { calibrationError, rankingOf } from '../../../src/learning/training/ranking.js';
import { assertNear } from './ppo/reference.js';

/** The margin at which the preferred answer has this probability. */
const marginOf = (probability: number) => Math.log(probability / (1 - probability));

describe('a ranking of pairs', () => {
  it('has the loss, the Brier score and the scale that follow by hand', () => {
    // Margins ln 3 and −ln 3: probabilities 3/4 and 1/4.
    const found = rankingOf([Math.log(3), 0, 0, Math.log(3)]);
    assertNear(
      [found.loss, found.accuracy, found.brierScore, found.meanScore, found.scoreStd],
      [-Math.log(3 / 16) / 2, 0.5, (1 / 16 + 9 / 16) / 2, Math.log(3) / 2, Math.log(3) / 2],
    );
    // Both are 3/4 sure, and half of them are right.
    assertNear([found.calibrationError], [0.25]);
  });

  it('counts a tie as half right, and as calibrated', () => {
    const found = rankingOf([1, 1, 2, 2]);
    assertNear(
      [found.accuracy, found.loss, found.brierScore, found.calibrationError],
      [0.5, Math.LN2, 0.25, 0],
    );
  });

  it('is null of no pairs', () => {
    for (const figure of Object.values(rankingOf([]))) assert.equal(figure, null);
  });

  it('is NaN of pairs of which one has no score, which is neither right nor calibrated', () => {
    for (const at of [0, 1, 2, 3]) {
      const scores = [2, 1, 2, 1].map((score, i) => (i === at ? NaN : score));
      for (const [name, figure] of Object.entries(rankingOf(scores))) assert.equal(figure, NaN, name);
    }
  });
});

describe('the calibration error', () => {
  it('is the gap of each bin, weighted by its pairs', () => {
    // 0.62 twice, one right, in bin [0.60, 0.65); 0.93 three times, all right, in bin [0.90, 0.95).
    const margins = [marginOf(0.62), -marginOf(0.62), ...[1, 2, 3].map(() => marginOf(0.93))];
    assertNear([calibrationError(Float64Array.from(margins))], [(2 * 0.12 + 3 * 0.07) / 5]);
  });

  it('of answers all wrong and that of the same answers all right make one', () => {
    const draws = stream('symmetric');
    const scores = Float64Array.from({ length: 400 }, () => 3 * draws.normal());
    const sure = Float64Array.from(scores, (score) => (score > 0 ? score : -score));
    // All right, and all wrong: 1 − confidence, and confidence.
    assertNear([calibrationError(sure)! + calibrationError(sure.map((margin) => -margin))!], [1], 1e-9);
  });

  it('takes certainty in the last bin', () => {
    assertNear([calibrationError(Float64Array.of(800)), calibrationError(Float64Array.of(-800))], [0, 1]);
  });

  it('goes to zero for outcomes drawn at the probabilities that were said', () => {
    const draws = stream('calibrated');
    const pairs = 1e5;
    const margins = Float64Array.from({ length: pairs }, () => {
      const margin = Math.abs(2 * draws.normal());
      return draws.uniform() < 1 / (1 + Math.exp(-margin)) ? margin : -margin;
    });
    // A bin's gap is a mean of n_b outcomes: the sum of ten is below 10 · 0.5 / sqrt(n) in the worst case.
    assert.ok(calibrationError(margins)! < 5 / Math.sqrt(pairs));
  });
});
