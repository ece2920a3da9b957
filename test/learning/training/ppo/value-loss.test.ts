import fc from 'fast-check';
import { valueLoss } from '../../../../src/learning/training/ppo/value-loss.js';
import { goldenLosses } from './golden-losses.js';
import { assertGradient, assertNear, numericGradient, reference } from './reference.js';

describe('value loss', () => {
  const { newValues, combinedValues, returns, clipRange } = reference;

  it('has the loss of the reference', () => {
    assertNear(valueLoss(newValues, combinedValues, returns, clipRange).loss, reference.valueLoss);
  });

  it("has TRL's figures on its padded batch, and the gradient that automatic differentiation gives", () => {
    const { values, oldValues, returns, clipRange, expect } = goldenLosses.value;
    const result = valueLoss(values, oldValues, returns, clipRange);
    assertNear(result.gradient, expect.gradient, 1e-12);
    assertNear([result.loss, result.clipFraction], [expect.loss, expect.clipFraction], 1e-12);
  });

  it('has the gradient that central differences give to 1e-6, clipped and unclipped values alike', () => {
    const number = fc.integer({ min: -2000, max: 2000 }).map((thousandths) => thousandths / 1000);
    const row = fc.array(number, { minLength: 5, maxLength: 5 });
    fc.assert(
      fc.property(row, row, row, (values, old, targets) => {
        const nearAKink = values.some((value, t) => {
          const moved = value - old[t]!;
          // The two squares also cross where the return lies midway between the value and its clipped self.
          const clipped = old[t]! + Math.min(Math.max(moved, -clipRange), clipRange);
          const crosses = clipped !== value && Math.abs((value + clipped) / 2 - targets[t]!) < 1e-3;
          return crosses || Math.abs(Math.abs(moved) - clipRange) < 1e-3;
        });
        fc.pre(!nearAKink);
        const loss = (at: readonly number[]) => valueLoss(at, old, targets, clipRange).loss;
        const { gradient } = valueLoss(values, old, targets, clipRange);
        assertGradient(gradient, numericGradient(loss, values, 1e-5));
      }),
    );
  });

  it('is half the mean squared error while no value has left its clip range', () => {
    const { loss, clipFraction } = valueLoss([0.1, 0.2], [0, 0.3], [1, 1], clipRange);
    assertNear([loss, clipFraction], [(0.81 + 0.64) / 4, 0], 1e-12);
  });

  it('has its whole gradient at the edge of the clip range, none a hair beyond on the near side', () => {
    const edge = valueLoss([0.5], [0], [2], 0.5);
    assertNear([edge.clipFraction, edge.loss, edge.gradient[0]!], [0, 1.125, -1.5], 1e-12);
    const beyond = valueLoss([0.5 + 1e-9], [0], [2], 0.5);
    assertNear([beyond.clipFraction, beyond.loss, beyond.gradient[0]!], [1, 1.125, 0], 1e-12);
    const overshot = valueLoss([3], [0], [1], 0.5);
    assertNear([overshot.clipFraction, overshot.loss, overshot.gradient[0]!], [0, 2, 2], 1e-12);
  });

  it('with an infinite clip range is half the mean squared error', () => {
    const { loss, gradient, clipFraction } = valueLoss([5, -7], [0, 0], [1, 1], Infinity);
    assertNear([loss, clipFraction, ...gradient], [(16 + 64) / 4, 0, 2, -4], 1e-12);
  });
});
