import assert from 'node:assert/strict';
import { movedTooFar } from '../../../../src/learning/training/ppo/early-stop.js';

describe('early stop on approximate KL', () => {
  it('comes above 1.5 times the target, not at it', () => {
    assert.deepEqual(
      [0, 0.02, 0.03, 0.0301].map((kl) => movedTooFar(kl, 0.02)),
      [false, false, false, true],
    );
  });

  it('never comes without a target', () => {
    assert.equal(movedTooFar(Infinity, null), false);
  });
});
