import assert from 'node:assert/strict';
import fc from 'fast-check';
import { policyLoss } from '../../../src/training/ppo/policy-loss.js';
import { assertNear, numericGradient, reference } from './reference.js';

const { logProb, newLogProb, whitened, clipRange } = reference;

describe('policy loss', () => {
  it('has the loss and the clip fraction of the reference', () => {
    const { loss, clipFraction } = policyLoss(newLogProb, logProb, whitened, clipRange);
    assertNear(loss, reference.policyLoss);
    assert.equal(clipFraction, reference.clipFraction);
  });

  it('has the gradient that central differences give, clipped and unclipped tokens alike', () => {
    const logProbs = fc.array(fc.double({ min: -3, max: -0.01, noNaN: true }), {
      minLength: 6,
      maxLength: 6,
    });
    const advantages = [1.3, -0.4, 0.7, -2, 0.1, -0.6];
    fc.assert(
      fc.property(logProbs, logProbs, (now, old) => {
        const nearAKink = now.some((value, t) => {
          const ratio = Math.exp(value - old[t]!);
          return Math.min(Math.abs(ratio - 0.8), Math.abs(ratio - 1.2)) < 1e-4;
        });
        fc.pre(!nearAKink);
        const { gradient } = policyLoss(now, old, advantages, clipRange);
        const expected = numericGradient((at) => policyLoss(at, old, advantages, clipRange).loss, now);
        assertNear(gradient, expected, 1e-5);
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
});
