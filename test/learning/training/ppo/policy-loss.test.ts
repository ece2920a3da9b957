import assert from 'node:assert/strict';
import fc from 'fast-check';
import { policyLoss } from '../../../../src/learning/training/ppo/policy-loss.js';
import { goldenLosses } from './golden-losses.js';
import { assertGradient, assertNear, numericGradient, reference } from './reference.js';

const { logProb, newLogProb, whitened, clipRange } = reference;

describe('policy loss', () => {
  it('has the loss and the clip fraction of the reference', () => {
    const { loss, clipFraction } = policyLoss(newLogProb, logProb, whitened, clipRange);
    assertNear(loss, reference.policyLoss);
    assert.equal(clipFraction, reference.clipFraction);
  });

  it("has TRL's figures on its padded batch, and the gradient that automatic differentiation gives", () => {
    const { logProb, oldLogProb, advantages, clipRange, expect } = goldenLosses.policy;
    const result = policyLoss(logProb, oldLogProb, advantages, clipRange);
    assertNear(result.gradient, expect.gradient, 1e-12);
    assertNear(
      [result.loss, result.clipFraction, result.approximateKl, result.ratio],
      [expect.loss, expect.clipFraction, expect.approximateKl, expect.ratio],
      1e-12,
    );
  });

  it('has the gradient that central differences give to 1e-6, clipped and unclipped tokens alike', () => {
    const logProbs = fc.array(fc.double({ min: -3, max: -0.01, noNaN: true }), {
      minLength: 6,
      maxLength: 6,
    });
    const advantages = [1.3, -0.4, 0.7, -2, 0.1, -0.6];
    fc.assert(
      fc.property(logProbs, logProbs, (now, old) => {
        const nearAKink = now.some((value, t) => {
          const ratio = Math.exp(value - old[t]!);
          return Math.min(Math.abs(ratio - 0.8), Math.abs(ratio - 1.2)) < 1e-3;
        });
        fc.pre(!nearAKink);
        const { gradient } = policyLoss(now, old, advantages, clipRange);
        const loss = (at: readonly number[]) => policyLoss(at, old, advantages, clipRange).loss;
        assertGradient(gradient, numericGradient(loss, now, 1e-5));
      }),
    );
  });

  it('at the sampling policy has ratio 1, no clipping and the gradient of the plain policy gradient', () => {
    const { gradient, ratio, clipFraction, approximateKl } = policyLoss(
      logProb,
      logProb,
      whitened,
      clipRange,
    );
    assertNear(
      gradient,
      whitened.map((advantage) => -advantage / 4),
      1e-12,
    );
    assert.deepEqual([ratio, clipFraction, approximateKl], [1, 0, 0]);
  });

  it('has no gradient at a ratio that left the clip range on the side of its advantage', () => {
    const far = policyLoss([-0.1, -3], [-1, -1], [1, -1], clipRange);
    assert.deepEqual([...far.gradient], [0, 0]);
    const back = policyLoss([-0.1, -3], [-1, -1], [-1, 1], clipRange);
    assert.ok(back.gradient.every((value) => value !== 0));
  });

  // exp(±ln 2) is 2 and 1/2 exactly, so that clip ranges of 1 and 1/2 put the ratio on the very edge.
  it('does not clip a ratio exactly at the edge: the gradient is still the whole one', () => {
    const double = policyLoss([0], [-Math.LN2], [3], 1);
    assert.deepEqual([double.clipFraction, double.loss, double.gradient[0]], [0, -6, -6]);
    const half = policyLoss([-Math.LN2], [0], [-3], 0.5);
    assert.deepEqual([half.clipFraction, half.loss, half.gradient[0]], [0, 1.5, 1.5]);
  });

  it('clips a hair beyond the edge, on the side of the advantage only', () => {
    const above = (advantage: number) => policyLoss([1e-9], [-Math.LN2], [advantage], 1);
    const below = (advantage: number) => policyLoss([-Math.LN2 - 1e-9], [0], [advantage], 0.5);
    const figures = ({ clipFraction, loss, gradient }: ReturnType<typeof policyLoss>) => [
      clipFraction,
      loss,
      gradient[0]!,
    ];
    assertNear(figures(above(3)), [1, -6, 0], 1e-12);
    assertNear(figures(above(-3)), [0, 6, 6], 1e-7);
    assertNear(figures(below(-3)), [1, 1.5, 0], 1e-12);
    assertNear(figures(below(3)), [0, -1.5, -1.5], 1e-7);
  });
});
