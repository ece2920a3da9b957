import { valueLoss } from '../../../src/training/ppo/value-loss.js';
import { assertNear, numericGradient, reference } from './reference.js';

describe('value loss', () => {
  const { newValues, combinedValues, returns, clipRange } = reference;

  it('has the loss of the reference', () => {
    assertNear(valueLoss(newValues, combinedValues, returns, clipRange).loss, reference.valueLoss);
  });

  it('has the gradient that central differences give', () => {
    const at = [...newValues, 2, -2];
    const old = [...combinedValues, 0, 0];
    const targets = [...returns, 3, -0.5];
    const loss = (values: readonly number[]) => valueLoss(values, old, targets, clipRange);
    assertNear(
      loss(at).gradient,
      numericGradient((values) => loss(values).loss, at),
    );
  });

  it('is half the mean squared error while no value has left its clip range', () => {
    const { loss, clipFraction } = valueLoss([0.1, 0.2], [0, 0.3], [1, 1], clipRange);
    assertNear([loss, clipFraction], [(0.81 + 0.64) / 4, 0], 1e-12);
  });
});
