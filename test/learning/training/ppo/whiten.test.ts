import fc from 'fast-check';
import { whiten } from '../../../../src/learning/training/ppo/whiten.js';
import { goldenLosses } from './golden-losses.js';
import { assertNear, reference } from './reference.js';

describe('whitening', () => {
  it('gives the values of the reference, with the sample variance as in TRL', () => {
    assertNear(whiten(reference.advantages), reference.whitened);
  });

  it('does not depend on scale or shift', () => {
    const scale = fc.double({ min: 0.5, max: 50, noNaN: true });
    const shift = fc.double({ min: -50, max: 50, noNaN: true });
    fc.assert(
      fc.property(scale, shift, (a, b) => {
        assertNear(whiten([1, 5, -2, 7].map((x) => a * x + b)), whiten([1, 5, -2, 7]), 1e-6);
      }),
    );
  });

  it('makes zeros of equal values, of one value and nothing of none', () => {
    assertNear(whiten([3, 3, 3]), [0, 0, 0]);
    assertNear(whiten([3]), [0]);
    assertNear(whiten([]), []);
  });

  it("without the shift keeps the mean and scales about it, as TRL's masked_whiten does", () => {
    const { rewards, whitenedRewards } = goldenLosses;
    assertNear(whiten(rewards, false), whitenedRewards, 1e-12);
    assertNear(whiten([3, 3, 3], false), [3, 3, 3], 1e-12);
    assertNear(whiten([3], false), [3]);
  });
});
