import assert from 'node:assert/strict';
import { conclusion } from '../../../src/records/report/conclusion.js';
import { madeUpRun } from './made-up-run.js';

describe('the sentence that concludes the report', () => {
  const { summary } = madeUpRun(3);
  const of = (alignment: object) =>
    conclusion({
      ...summary,
      messages: { ...summary.messages, sent: 40, dropped: 10 },
      stages: {
        instruction: {
          ...summary.stages.instruction!,
          ...{ accuracyBefore: 0.5, accuracy: 0.625, sharedAccuracyBefore: null, sharedAccuracy: null },
        },
        reward: null,
        alignment: { ...summary.stages.alignment!, ...alignment },
      },
    });

  it('tells shares in points, variety as a part of itself, scores in standard deviations', () => {
    const sentences = of({
      ...{ rewardBefore: -0.5, reward: 0.25, refusalRateBefore: 0.3, refusalRate: 0.3 },
      ...{ correctnessBefore: 0.61, correctness: 0.56, distinct2Before: 0.8, distinct2: 0.6 },
    });
    assert.deepEqual(sentences, [
      'In instruction tuning accuracy on own data rose by 13 points.',
      'In alignment the reward rose by 0.75 sd, refusals of sensitive requests stayed as they were, right answers to ' +
        'benign ones fell by 5 points, and the variety of answers (distinct-2) fell by 25 %.',
      '10 of 40 messages were lost (25.0 %).',
    ]);
  });

  it('leaves out what was not measured', () => {
    const missing = {
      ...{ rewardBefore: null, reward: null, refusalRateBefore: null, refusalRate: null },
      ...{ correctnessBefore: null, correctness: null, distinct2Before: 0, distinct2: 0 },
    };
    assert.equal(of(missing).length, 2);
  });
});
