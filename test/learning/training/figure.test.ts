import assert from 'node:assert/strict';
import { derived } from '../../../src/learning/training/figure.js';

describe('a figure that follows from others', () => {
  const difference = (one: number, other: number) => one - other;

  it('is what its function makes of them, of 0 and NaN as well', () => {
    assert.equal(
      derived([0], (one) => one + 1),
      1,
    );
    assert.equal(derived([3, 0], difference), 3);
    assert.equal(derived([3, NaN], difference), NaN);
  });

  it('is null where one of them was not measured', () => {
    for (const figures of [
      [null, 1],
      [NaN, null],
      [null, null],
    ] as const) {
      assert.equal(derived(figures, difference), null);
    }
  });
});
