import assert from 'node:assert/strict';
import fc from 'fast-check';
import { nextKlCoefficient } from '../../../../src/learning/training/ppo/adaptive-kl.js';
import { assertNear, reference } from './reference.js';

describe('adaptive KL coefficient', () => {
  const { observed, batch, next, ...state } = reference.adaptiveKl;
  const relativeTo = (observedKl: number) => nextKlCoefficient(state, observedKl, 1000) / state.coefficient;

  it('grows as the reference says when the divergence is above the target', () => {
    assertNear(nextKlCoefficient(state, observed, batch), next);
  });

  it('stays where the target is reached, and moves by half the limit at half the limit', () => {
    assert.equal(nextKlCoefficient(state, state.target, batch), state.coefficient);
    assertNear([relativeTo(5.4), relativeTo(6.6)], [1 - 0.1 * 0.1, 1 + 0.1 * 0.1], 1e-12);
  });

  it('counts an error of more than a fifth as a fifth, above and below', () => {
    assertNear([relativeTo(7.2), relativeTo(60), relativeTo(1e9)], [1.02, 1.02, 1.02], 1e-12);
    assertNear([relativeTo(4.8), relativeTo(0.6), relativeTo(-3)], [0.98, 0.98, 0.98], 1e-12);
  });

  it('shrinks by the limit where no divergence was observed', () => {
    assertNear(relativeTo(0), 0.98, 1e-12);
  });

  it('does not move without responses, and stays 0 once it is 0', () => {
    assert.equal(nextKlCoefficient(state, 100, 0), state.coefficient);
    assert.equal(nextKlCoefficient({ ...state, coefficient: 0 }, 100, batch), 0);
  });

  it('moves by no more than a fifth at once, however long the batch, and stays positive', () => {
    const horizon = fc.double({ min: 1, max: 1e6, noNaN: true });
    const kl = fc.double({ min: -100, max: 1e4, noNaN: true });
    fc.assert(
      fc.property(horizon, kl, fc.nat(1e6), (horizon, kl, batch) => {
        const ratio = nextKlCoefficient({ coefficient: 1, target: 6, horizon }, kl, batch);
        assert.ok(ratio >= 0.8 - 1e-12 && ratio <= 1.2 + 1e-12, `${ratio}`);
      }),
    );
  });
});
