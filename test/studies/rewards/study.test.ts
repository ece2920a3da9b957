import assert from 'node:assert/strict';
import type { PreferencePair } from '../../../src/learning/data/types.js';
import { studyPairs } from '../../../studies/rewards/study.js';
import { testBackend } from '../../backend.js';

/** Pairs whose chosen answer is the longer one, each on a conversation of its own. */
const pairs = (name: string): PreferencePair[] =>
  Array.from({ length: 12 }, (_, row) => ({
    instruction: `${name} ${row}`,
    input: '',
    chosen: `yes ${'indeed '.repeat(1 + (row % 3))}`,
    rejected: 'no',
    topic: 'benign',
    family: name,
  }));

describe('a study of pairs', () => {
  before(testBackend);

  it('measures a third, held out, and has every baseline right where length tells all', async () => {
    const study = await studyPairs({ helpful: pairs('a'), harmless: pairs('b') }, { seed: 1, steps: 30 });
    for (const found of [study.helpful, study.harmless]) {
      assert.deepEqual([found.trainPairs, found.testPairs, found.cutPairs], [8, 4, 0]);
      assert.deepEqual([found.majority, found.length.share, found.length.prefers], [0.5, 1, 'longer']);
      assert.equal(found.bagOfWords.share, 1);
      assert.equal(found.rewardModel.share, 1);
      assert.ok(found.calibrationError >= 0 && found.calibrationError <= 1);
      assert.ok(found.brierScore >= 0 && found.brierScore < 0.25);
    }
  });

  it('refuses fewer pairs than can be split', async () => {
    const few = pairs('a').slice(0, 2);
    await assert.rejects(studyPairs({ helpful: few, harmless: few }, { seed: 1, steps: 1 }), RangeError);
  });
});
