import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { computed, valuesOf } from '../../../src/learning/model/backend.js';
import { hiddenStates } from '../../../src/learning/model/gpt.js';
import { logits } from '../../../src/learning/model/log-probs.js';
import { cachedTensors } from '../../../src/learning/model/weights.js';
import { answerBatch } from '../../../src/learning/training/batches.js';
import { readTokens } from '../../../src/learning/training/read-tokens.js';
import { readLogProbs, withPolicy } from '../../../src/learning/training/rollout.js';
import { testBackend } from '../../backend.js';
import { assertNear } from './ppo/reference.js';
import { tinyAdapters, tinyBase, tinyLora, tinyShape } from './tiny-model.js';

const width = tinyShape.config.vocab_size;

/** More answers than a pass holds, of responses from one token to four. */
const answers = Array.from({ length: 21 }, (_, i) => ({
  tokens: Int32Array.from({ length: 3 + (i % 4) + 1 }, (_, at) => (3 * i + 5 * at) % width),
  response: 3,
}));

describe('log-probabilities and entropies of one pass', () => {
  before(testBackend);

  for (const temperature of [1, 0.7]) {
    it(`are those of two passes, at a temperature of ${temperature}`, () => {
      const parts = { adapters: tinyAdapters(), lora: tinyLora() };
      withPolicy(tinyShape, tinyBase(), parts, (policy) => {
        const { logProbs, entropies } = readTokens(policy, answers, temperature);
        assert.deepEqual(logProbs, readLogProbs(policy, answers, temperature));
        answers.forEach((answer, i) => {
          const { batch, targets } = answerBatch([answer]);
          const scores = computed(() =>
            valuesOf(logits(policy, hiddenStates(policy, batch, targets.at))).slice(),
          );
          const expected = Array.from({ length: scores.length / width }, (_, row) => {
            const weights = Array.from(scores.subarray(row * width, (row + 1) * width), (score) =>
              Math.exp(score / temperature),
            );
            const total = weights.reduce((sum, weight) => sum + weight, 0);
            // H = −Σ p ln p.
            return -weights.reduce((sum, weight) => sum + (weight / total) * Math.log(weight / total), 0);
          });
          assertNear(entropies[i]!, expected, 1e-5);
        });
      });
    });
  }

  it('leave no tensor', () => {
    withPolicy(tinyShape, tinyBase(), {}, (policy) => {
      const before = tf.memory().numTensors - cachedTensors();
      readTokens(policy, answers, 1);
      assert.equal(tf.memory().numTensors - cachedTensors(), before);
    });
  });
});
