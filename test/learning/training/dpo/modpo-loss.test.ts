import assert from 'node:assert/strict';
import fc from 'fast-check';
import { modpoLoss } from '../../../../src/learning/training/dpo/modpo-loss.js';
import { assertNear, numericGradient } from '../ppo/reference.js';

const real = (from: number, to: number) => fc.double({ min: from, max: to, noNaN: true });
const terms = fc.record({ beta: real(0.02, 2), weight: real(0.05, 1), rewardStd: real(0.1, 4) });
const pairs = fc.array(fc.tuple(real(-5, 5), real(-2, 2)), { minLength: 1, maxLength: 6 });
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const logit = (p: number) => Math.log(p / (1 - p));

describe('loss of multi-objective DPO', () => {
  it('is −log σ((β Δ − w′ Δr′) / w), as worked by hand: −log σ(0.5) and −log σ(−1)', () => {
    const { loss, gradient } = modpoLoss([3, -1], [0.1, 0.3], { beta: 0.1, weight: 0.4, rewardStd: 1 });
    assertNear(loss, (0.4740769841801067 + 1.3132616875182228) / 2, 1e-12);
    assertNear(gradient, [(-0.25 * 0.3775406687981454) / 2, (-0.25 * 0.7310585786300049) / 2], 1e-12);
  });

  it('has the gradient that central differences give', () => {
    fc.assert(
      fc.property(pairs, terms, (drawn, terms) => {
        const [ratios, margins] = [drawn.map(([ratio]) => ratio), drawn.map(([, margin]) => margin)];
        const expected = numericGradient((at) => modpoLoss(at, margins, terms).loss, ratios);
        assertNear(modpoLoss(ratios, margins, terms).gradient, expected, 1e-5);
      }),
    );
  });

  it('with all weight on its own objective is plain DPO: −log σ(β Δ)', () => {
    fc.assert(
      fc.property(fc.array(real(-5, 5), { minLength: 1 }), real(0.02, 2), (ratios, beta) => {
        const { loss } = modpoLoss(
          ratios,
          ratios.map(() => 0),
          { beta, weight: 1, rewardStd: 1 },
        );
        const sum = ratios.reduce((total, ratio) => total - Math.log(sigmoid(beta * ratio)), 0);
        assertNear(loss, sum / ratios.length, 1e-9);
      }),
    );
  });

  it('of a policy that is its own reference is ln 2 where the other objective is indifferent', () => {
    assertNear(modpoLoss([0, 0], [0, 0], { beta: 0.1, weight: 0.3, rewardStd: 2 }).loss, Math.LN2, 1e-15);
  });

  it('stands still at the Gibbs policy of the weighted rewards, on the pairs of either objective', () => {
    fc.assert(
      fc.property(
        fc.record({ beta: real(0.05, 2), weight: real(0.05, 0.95) }),
        fc.record({ own: real(-2, 2), other: real(-2, 2), ownStd: real(0.2, 3), otherStd: real(0.2, 3) }),
        ({ beta, weight }, { own, other, ownStd, otherStd }) => {
          // Two responses A and B; `own` and `other` are raw rewards of A less those of B.
          const weighted = (weight * own) / ownStd + ((1 - weight) * other) / otherStd;
          const atGibbs = weighted / beta;
          const objectives = [
            { raw: own, weight, rewardStd: ownStd, margin: ((1 - weight) * other) / otherStd },
            { raw: other, weight: 1 - weight, rewardStd: otherStd, margin: (weight * own) / ownStd },
          ];
          for (const { raw, margin, ...terms } of objectives) {
            const prefersA = sigmoid(raw);
            const [a] = modpoLoss([atGibbs], [margin], { ...terms, beta }).gradient;
            const [b] = modpoLoss([-atGibbs], [-margin], { ...terms, beta }).gradient;
            assertNear(prefersA * a! - (1 - prefersA) * b!, 0, 1e-9);
          }
        },
      ),
    );
  });

  it('of pairs that A wins in three of four cases is least at β Δ = w ln 3 + w′ Δr′', () => {
    const terms = { beta: 0.2, weight: 0.6, rewardStd: 1 };
    const margin = 0.4 * 1.5;
    const lossAt = (ratio: number) =>
      0.75 * modpoLoss([ratio], [margin], terms).loss + 0.25 * modpoLoss([-ratio], [-margin], terms).loss;
    const least = (0.6 * logit(0.75) + margin) / 0.2;
    for (const step of [-0.01, 0.01, -1, 1]) assert.ok(lossAt(least) < lossAt(least + step));
  });

  it('overflows for no log-ratio, and has a gradient that is bounded by β s / w', () => {
    const terms = { beta: 0.1, weight: 0.05, rewardStd: 1 };
    const { loss, gradient } = modpoLoss([1e4, -1e4], [0, 0], terms);
    assertNear(loss, (0.1 / 0.05) * (1e4 / 2), 1e-6);
    assertNear(gradient, [0, -2 / 2], 1e-12);
  });

  it('refuses terms outside of their ranges, margins of other pairs, and no pairs', () => {
    const fine = { beta: 0.1, weight: 0.5, rewardStd: 1 };
    for (const wrong of [{ weight: 0 }, { weight: 1.1 }, { beta: 0 }, { rewardStd: NaN }]) {
      assert.throws(() => modpoLoss([1], [0], { ...fine, ...wrong }), RangeError);
    }
    assert.throws(() => modpoLoss([1, 2], [0], fine), /1 margins for 2 pairs/);
    assert.throws(() => modpoLoss([], [], fine), /a loss of no pairs/);
  });
});
