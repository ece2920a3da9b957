import assert from 'node:assert/strict';
import { observe } from '../../../src/learning/training/observe.js';
import { rewardModels } from '../../../src/learning/training/reward-models/index.js';
import type { TaskRequest } from '../../../src/learning/training/task.js';
import { testBackend } from '../../backend.js';
import { banditRequest } from './bandit.js';
import { assertNear } from './ppo/reference.js';
import { tinyShape } from './tiny-model.js';

const { eos_token_id: endOfText, vocab_size: vocabulary } = tinyShape.config;

const observed = async (request: TaskRequest<'align'>) => observe(request, await rewardModels(request));

describe('observation of the current policy', () => {
  before(testBackend);

  const several = { maxNewTokens: 5, promptsPerRound: 48 };

  it('ends a response at its end-of-text, which the score is given to, or cuts it', async () => {
    const observations = await observed(banditRequest(several));
    const ended = observations.filter(({ rollout }) => rollout.ended);
    assert.ok(ended.length > 0 && ended.length < observations.length);
    for (const { rollout, logProb } of observations) {
      const response = [...rollout.tokens.subarray(rollout.response)];
      assert.equal(response.indexOf(endOfText), rollout.ended ? response.length - 1 : -1);
      assert.ok(rollout.ended || response.length === 5);
      assert.equal(logProb.length, response.length);
    }
  });

  it('takes the penalty from the scores of responses that did not end, and from no others', async () => {
    const plain = await observed(banditRequest(several));
    const fined = await observed(banditRequest({ ...several, missingEosPenalty: 3 }));
    for (const objective of ['helpful', 'harmless'] as const) {
      assertNear(
        fined.map(({ score }) => score[objective]),
        plain.map(({ score, rollout }) => score[objective] - (rollout.ended ? 0 : 3)),
        1e-9,
      );
    }
  });

  it('has a log-probability, an entropy and two values for each token of a response', async () => {
    for (const observation of await observed(banditRequest(several))) {
      const { logProb, referenceLogProb, entropy, values } = observation;
      const lengths = [referenceLogProb, entropy, values.helpful, values.harmless].map(
        ({ length }) => length,
      );
      assert.deepEqual(lengths, [logProb.length, logProb.length, logProb.length, logProb.length]);
      assert.ok(entropy.every((nats) => nats > 0 && nats <= Math.log(vocabulary)));
    }
  });

  it('sees the reference where the policy has not moved', async () => {
    for (const { logProb, referenceLogProb } of await observed(banditRequest(several))) {
      assertNear(logProb, referenceLogProb, 1e-5);
    }
  });

  it('at a low temperature has less entropy', async () => {
    const mean = async (temperature: number) => {
      const all = (await observed(banditRequest({ temperature }))).flatMap(({ entropy }) => [...entropy]);
      return all.reduce((sum, nats) => sum + nats, 0) / all.length;
    };
    assert.ok((await mean(0.5)) < (await mean(1)));
  });
});
