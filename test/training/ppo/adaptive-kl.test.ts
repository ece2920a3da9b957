import { nextKlCoefficient } from '../../../src/training/ppo/adaptive-kl.js';
import { assertNear, reference } from './reference.js';

describe('adaptive KL coefficient', () => {
  const { observed, batch, next, ...state } = reference.adaptiveKl;

  it('grows as the reference says when the divergence is above the target', () => {
    assertNear(nextKlCoefficient(state, observed, batch), next);
  });

  it('stays at the target, and shrinks below it', () => {
    assertNear(nextKlCoefficient(state, state.target, batch), state.coefficient, 1e-15);
    assertNear(nextKlCoefficient(state, 5.4, 1000), 0.15 * (1 - 0.1 * 0.1), 1e-12);
  });
});
