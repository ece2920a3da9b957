import assert from 'node:assert/strict';
import fc from 'fast-check';
import { k1, k3 } from '../../../../src/learning/training/ppo/kl.js';
import { assertNear, reference } from './reference.js';

const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);
const logProb = fc.double({ min: -20, max: 0, noNaN: true });

describe('KL estimators', () => {
  for (const [name, estimator] of Object.entries({ k1, k3 })) {
    it(`${name} summed over the reference response is the reference's value`, () => {
      const { logProb, referenceLogProb, klSum } = reference;
      assertNear(sum(estimator(logProb, referenceLogProb)), klSum[name as keyof typeof klSum]);
    });

    it(`${name} of a policy to itself is zero`, () => {
      assert.equal(Math.abs(sum(estimator(reference.logProb, reference.logProb))), 0);
    });
  }

  it('k3 is never negative', () => {
    fc.assert(
      fc.property(logProb, logProb, (policy, other) => {
        assert.ok(k3([policy], [other])[0]! >= 0);
      }),
    );
  });

  it('the mean of k1 and of k3 under the policy is the divergence, in closed form for two outcomes', () => {
    const [p, q] = [0.3, 0.8];
    const divergence = p * Math.log(p / q) + (1 - p) * Math.log((1 - p) / (1 - q));
    const policy = [Math.log(p), Math.log(1 - p)];
    const other = [Math.log(q), Math.log(1 - q)];
    for (const estimator of [k1, k3]) {
      const [first, second] = estimator(policy, other);
      assertNear(p * first! + (1 - p) * second!, divergence, 1e-12);
    }
  });
});
