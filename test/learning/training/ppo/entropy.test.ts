import fc from 'fast-check';
import { entropyOfLogits } from '../../../../src/learning/training/ppo/entropy.js';
import { assertNear } from './reference.js';

describe('entropy of logits', () => {
  it('is log V where all are equal, and 0 where one outweighs all', () => {
    assertNear([entropyOfLogits([2, 2, 2, 2]), entropyOfLogits([0, 1000, 0])], [Math.log(4), 0], 1e-12);
  });

  it('is that of a coin in closed form, and a temperature divides the logits', () => {
    const p = 0.3;
    const entropy = -p * Math.log(p) - (1 - p) * Math.log(1 - p);
    assertNear(entropyOfLogits([Math.log(p), Math.log(1 - p)]), entropy, 1e-12);
    assertNear(entropyOfLogits([2 * Math.log(p), 2 * Math.log(1 - p)], 2), entropy, 1e-12);
  });

  it('is −Σ p log p of the softmax, whatever is added to all logits', () => {
    const logits = fc.array(fc.double({ min: -8, max: 8, noNaN: true }), { minLength: 1, maxLength: 20 });
    const shift = fc.double({ min: -500, max: 500, noNaN: true });
    fc.assert(
      fc.property(logits, shift, (values, by) => {
        const total = values.reduce((sum, value) => sum + Math.exp(value), 0);
        const shares = values.map((value) => Math.exp(value) / total);
        const expected = shares.reduce((sum, share) => sum - share * Math.log(share), 0);
        assertNear(entropyOfLogits(values.map((value) => value + by)), expected, 1e-9);
      }),
    );
  });
});
