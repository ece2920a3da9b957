import assert from 'node:assert/strict';
import type { PreferencePair } from '../../../src/learning/data/types.js';
import { bagOfWords, lengthBaseline, rightOf } from '../../../studies/rewards/baselines.js';

const pair = (chosen: string, rejected: string): PreferencePair => ({
  instruction: 'ask',
  input: '',
  chosen,
  rejected,
  topic: 'benign',
  family: 'helpful',
});

describe('the length baseline', () => {
  it('takes the direction that ranks the training pairs better, and counts a tie as half right', () => {
    const test = [pair('long one', 'short'), pair('ab', 'cd'), pair('x', 'longer')];
    const longer = lengthBaseline([pair('long', 'x'), pair('long', 'y'), pair('z', 'long')]);
    assert.equal(longer.prefers, 'longer');
    assert.equal(rightOf(test, longer.margin), 1.5);
    const shorter = lengthBaseline([pair('x', 'long'), pair('y', 'long'), pair('long', 'z')]);
    assert.equal(shorter.prefers, 'shorter');
    assert.equal(rightOf([...test, pair('a', 'bc')], shorter.margin), 2.5);
  });
});

describe('the bag of words', () => {
  it('comes to the weights at which pull and penalty balance', () => {
    // Margin m of one word against another: λ m / 2 = σ(−m); m by SciPy's brentq.
    const train = Array.from({ length: 6 }, () => pair('good', 'bad'));
    for (const [ridge, margin] of [
      [0.1, 2.1280345184662273],
      [0.01, 3.9139948195281065],
    ] as const) {
      const found = bagOfWords(train, { minimumAnswers: 1, ridge })(pair('GOOD!', 'bad'));
      assert.ok(Math.abs(found - margin) < 1e-6, `${found} instead of ${margin}`);
    }
  });

  it('cannot tell answers of the same words, nor of words that it has not seen', () => {
    const margin = bagOfWords([pair('good', 'bad'), pair('good', 'bad')], { minimumAnswers: 1 });
    assert.equal(margin(pair('good bad', 'bad, good')), 0);
    assert.equal(margin(pair('one', 'other')), 0);
  });

  it('leaves out words of too few answers', () => {
    const train = [pair('good rare', 'bad'), pair('good', 'bad')];
    const margin = bagOfWords(train, { minimumAnswers: 2 });
    assert.equal(margin(pair('rare', 'none')), 0);
    assert.ok(margin(pair('good', 'bad')) > 0);
  });
});
