import assert from 'node:assert/strict';
import { explainedVariance } from '../../../../src/learning/training/ppo/explained-variance.js';
import { assertNear } from './reference.js';

describe('explained variance of a critic', () => {
  const returns = [1, 2, 3, 4];

  it('is 1 of the returns themselves, whatever is added to them, and 0 of a constant', () => {
    assertNear(explainedVariance(returns, returns), 1, 1e-12);
    assertNear(explainedVariance([11, 12, 13, 14], returns), 1, 1e-12);
    assertNear(explainedVariance([7, 7, 7, 7], returns), 0, 1e-12);
  });

  it('is 3/4 where the critic foretells half of every deviation, −3 where its sign is wrong', () => {
    assertNear(explainedVariance([0.5, 1, 1.5, 2], returns), 0.75, 1e-12);
    assertNear(explainedVariance([-1, -2, -3, -4], returns), -3, 1e-12);
  });

  it('is null where the returns do not vary, and where there are none; NaN of a NaN', () => {
    assert.equal(explainedVariance([1, 2], [3, 3]), null);
    assert.equal(explainedVariance([], []), null);
    assert.equal(explainedVariance([1, NaN], [3, 4]), NaN);
    assert.equal(explainedVariance([1, 2], [3, NaN]), NaN);
  });
});
