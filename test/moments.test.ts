import assert from 'node:assert/strict';
import { mean, meanOrNull, ratioOrNull, sum, variance, varianceOrNull } from '../src/moments.js';

describe('moments', () => {
  it('are those of the textbook', () => {
    // Deviations of −3, −1, −1, −1, 0, 0, 2 and 4 from 5: their squares sum to 32.
    const values = [2, 4, 4, 4, 5, 5, 7, 9];
    assert.deepEqual([sum(values), mean(values), variance(values)], [40, 5, 4]);
    assert.equal(variance(values, 1), 32 / 7);
    assert.equal(ratioOrNull(3, 4), 0.75);
  });

  it('of nothing are null where that is asked for, and else refused', () => {
    assert.equal(sum([]), 0);
    assert.deepEqual([meanOrNull([]), varianceOrNull([]), varianceOrNull([3], 1)], [null, null, null]);
    assert.equal(ratioOrNull(0, 0), null);
    assert.throws(() => mean([]), { name: 'RangeError', message: 'mean of 0 numbers, expected more' });
    assert.throws(() => variance([]), RangeError);
    assert.throws(() => variance([3], 1), {
      name: 'RangeError',
      message: 'variance of 1 numbers, expected more',
    });
  });

  it('of numbers with a NaN among them are NaN, never null', () => {
    for (const moment of [meanOrNull, varianceOrNull]) assert.equal(moment([1, NaN]), NaN);
    assert.equal(ratioOrNull(NaN, 2), NaN);
  });
});
