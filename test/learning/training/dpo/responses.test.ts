import assert from 'node:assert/strict';
import {
  pairDifferences,
  responseSums,
  tokenGradient,
} from '../../../../src/learning/training/dpo/responses.js';

describe('log-probabilities of responses', () => {
  it('are sums over their tokens, which stand one response after the other', () => {
    assert.deepEqual([...responseSums([-1, -2, -4, -8, -16], [2, 1, 2])], [-3, -4, -24]);
  });

  it('differ within a pair by chosen less rejected', () => {
    assert.deepEqual([...pairDifferences([-3, -4, -24, -1])], [1, -23]);
  });

  it('hand a pair’s gradient to every token, with the other sign to those of the rejected response', () => {
    assert.deepEqual([...tokenGradient([0.5, -2], [2, 1, 1, 3])], [0.5, 0.5, -0.5, -2, 2, 2, 2]);
  });
});
