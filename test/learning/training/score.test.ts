import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { cachedTensors } from '../../../src/learning/model/weights.js';
import { perObjective } from '../../../src/learning/objective.js';
import { score } from '../../../src/learning/training/score.js';
import type { TaskRequest, Tasks } from '../../../src/learning/training/task.js';
import { testBackend } from '../../backend.js';
import { alignFor, banditRequest, handMadeReward, prompts, wanted } from './bandit.js';
import { assertNear } from './ppo/reference.js';
import { tableOf, tinyAdapters, tinyBase, tinyLora, tinyReward, tinyShape } from './tiny-model.js';

function request(hyper: Partial<Tasks['score']['hyper']> = {}): TaskRequest<'score'> {
  return {
    kind: 'score',
    key: '',
    seed: 'score test',
    model: tinyShape,
    hyper: {
      maxNewTokens: 6,
      temperature: 1,
      klCoefficient: 0.05,
      missingEosPenalty: 0,
      scale: perObjective(() => ({ mean: 0, std: 1 })),
      ...hyper,
    },
    params: {
      base: tinyBase(),
      tuned: { adapters: tinyAdapters(), lora: tinyLora() },
      reference: { adapters: tinyAdapters(), lora: tinyLora() },
      rewardModels: { helpful: handMadeReward(), harmless: tinyReward('harmless') },
    },
    data: { prompts },
  };
}

describe('score task', () => {
  before(testBackend);

  it('finds no divergence of a policy that is its own reference', async () => {
    const { metrics, responses } = await score(request());
    assertNear([metrics.klK1, metrics.klK3], [0, 0], 1e-6);
    assert.equal(responses!.length, prompts.count);
  });

  it('reads a policy once where its reference is the same sets, by their hashes, to the same figures', async () => {
    const { params, ...rest } = request();
    const hashed = (adapters: string) => ({
      adapters: { ...tinyAdapters(), hash: adapters },
      lora: { ...tinyLora(), hash: 'lora' },
    });
    const once = await score({ ...rest, params: { ...params, tuned: hashed('a'), reference: hashed('a') } });
    assert.deepEqual(once, await score({ ...rest, params }));
    // What only claims to be the policy is not read, and another one is.
    const far = { adapters: hashed('a').adapters };
    const other = { adapters: { ...tinyAdapters(), hash: 'b' } };
    other.adapters.values = other.adapters.values.map((value) => value + 0.5);
    const divergence = async (hash: string) => {
      const reference = { adapters: { ...other.adapters, hash } };
      return (await score({ ...rest, params: { ...params, tuned: far, reference } })).metrics.klK3;
    };
    assert.equal(await divergence('a'), 0);
    assert.ok((await divergence('b'))! > 0);
  });

  it('standardises by the given scale and fines missing ends', async () => {
    const plain = (await score(request())).metrics;
    const scale = { helpful: { mean: 0.5, std: 2 }, harmless: { mean: -1, std: 0.25 } };
    const { metrics } = await score(request({ scale, missingEosPenalty: 3 }));
    const fine = 3 * (1 - plain.ended!);
    assertNear(
      [metrics.helpful, metrics.harmless],
      [(plain.helpful! - 0.5) / 2 - fine, (plain.harmless! + 1) / 0.25 - fine],
      1e-9,
    );
  });

  it('samples a row from its own draws: other rows and repetition change nothing', async () => {
    const { responses: all } = await score(request());
    const alone = request();
    const { responses: one } = await score({ ...alone, data: { prompts: tableOf([[[1, 2, 3], []]]) } });
    assert.deepEqual(one![0], all![0]);
  });

  it('sees an aligned policy score higher, and away from its reference', async () => {
    const aligned = await alignFor(10, banditRequest({ learningRate: 1e-2 }));
    const { params, ...before } = request({ maxNewTokens: 1 });
    const { metrics: old } = await score({ ...before, params });
    const { tuned } = aligned;
    const { metrics: now, responses } = await score({ ...before, params: { ...params, tuned } });
    assert.ok(now.helpful! > old.helpful! && now.helpful! > 0.5, JSON.stringify({ old, now }));
    assert.ok(now.klK3! > 0.1);
    assert.ok(responses!.some(([token]) => token === wanted));
  });

  it('returns responses without end-of-text, no longer than asked for', async () => {
    const { responses, metrics } = await score(request());
    const endOfText = tinyShape.config.eos_token_id;
    assert.ok(responses!.every((response) => response.length <= 6 && !response.includes(endOfText)));
    const written = responses!.reduce((sum, { length }) => sum + length, 0) / responses!.length;
    assertNear(metrics.length, written + metrics.ended!, 1e-12);
  });

  it('gives equal results for equal requests and leaves no tensor', async () => {
    const first = await score(request());
    const tensors = tf.memory().numTensors - cachedTensors();
    assert.deepEqual(await score(request()), first);
    assert.equal(tf.memory().numTensors - cachedTensors(), tensors);
  });
});
