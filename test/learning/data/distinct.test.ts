import assert from 'node:assert/strict';
import { distinct } from '../../../src/learning/data/distinct.js';

describe('distinct-n', () => {
  it('is the number of different n-grams over that of all', () => {
    // Tokens: 1 2 1 2 1 and 1 2 3. Unigrams: {1, 2, 3} of 8. Bigrams: {12, 21, 23} of 6. Trigrams: 121, 212,
    // 121 and 123: 3 of 4.
    const responses = [Int32Array.of(1, 2, 1, 2, 1), Int32Array.of(1, 2, 3)];
    assert.equal(distinct(responses, 1), 3 / 8);
    assert.equal(distinct(responses, 2), 3 / 6);
    assert.equal(distinct(responses, 3), 3 / 4);
  });

  it('is 1 where nothing comes twice, and near 0 where nothing else comes', () => {
    assert.equal(distinct([[1, 2, 3, 4]], 2), 1);
    assert.equal(distinct([new Int32Array(101)], 2), 1 / 100);
  });

  it('does not reach over the end of a response, nor take 1 23 for 12 3', () => {
    assert.equal(distinct([[1, 2], [2, 1], [3]], 2), 1);
    assert.equal(
      distinct(
        [
          [1, 23],
          [12, 3],
        ],
        2,
      ),
      1,
    );
  });

  it('is null where no response is long enough', () => {
    assert.equal(distinct([], 1), null);
    assert.equal(distinct([[1], []], 2), null);
  });
});
