import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { perObjective } from '../../../src/learning/objective.js';
import { scoreFeatures } from '../../../src/learning/model/reward-features.js';
import { readValues } from '../../../src/learning/model/reward-model.js';
import { cachedTensors } from '../../../src/learning/model/weights.js';
import { freeze } from '../../../src/learning/training/freeze.js';
import { scaleOfScores } from '../../../src/learning/training/reward-scale.js';
import {
  choosePrompts,
  frozenModel,
  sampleResponses,
  withPolicy,
} from '../../../src/learning/training/rollout.js';
import type { TaskRequest } from '../../../src/learning/training/task.js';
import { testBackend } from '../../backend.js';
import { assertNear } from './ppo/reference.js';
import {
  emptyTable,
  tableOf,
  tinyAdapters,
  tinyBase,
  tinyLora,
  tinyReward,
  tinyShape,
} from './tiny-model.js';

function request(): TaskRequest<'freeze'> {
  return {
    kind: 'freeze',
    key: '',
    seed: 'freeze test',
    model: tinyShape,
    hyper: { prompts: 24, sensitiveShare: 0.5, maxNewTokens: 5, temperature: 1 },
    params: {
      base: tinyBase(),
      adapters: tinyAdapters(),
      lora: tinyLora(),
      rewardModels: perObjective((objective) => tinyReward(objective)),
    },
    data: {
      prompts: tableOf([1, 2, 3, 4].map((token) => [[token, 5, 6], [7]] as const)),
      sensitivePrompts: tableOf([5, 6].map((token) => [[8, token], [7]] as const)),
    },
  };
}

/** The responses that the task samples, and the features of their ends. */
function sampledFeatures({ model, params, data, hyper, seed }: TaskRequest<'freeze'>): Float32Array {
  const chosen = choosePrompts(seed, hyper.prompts, hyper.sensitiveShare, data);
  const rollouts = withPolicy(model, params.base, params, (policy) =>
    sampleResponses(policy, chosen, hyper, seed),
  );
  return scoreFeatures(frozenModel(model, params.base), rollouts);
}

describe('freeze task', () => {
  before(testBackend);

  it("gives a scale on which the sampled responses' scores have mean 0 and variance 1", async () => {
    const made = request();
    const { output, metrics } = await freeze(made);
    const { harmless } = output.scale;
    assert.deepEqual(metrics, output.scale);
    const raw = readValues(made.params.rewardModels.harmless, sampledFeatures(made));
    const scores = raw.map((score) => (score - harmless.mean) / harmless.std);
    const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
    const variance = scores.reduce((sum, score) => sum + (score - mean) ** 2, 0) / (scores.length - 1);
    assertNear([mean, variance], [0, 1], 1e-4);
  });

  it('starts each critic on the scale of the rewards: its values are the standardised scores', async () => {
    const made = request();
    const { output } = await freeze(made);
    const { mean, std } = output.scale.helpful;
    const features = sampledFeatures(made);
    const raw = readValues(made.params.rewardModels.helpful, features);
    assertNear(
      readValues(output.critics.helpful, features),
      raw.map((score) => (score - mean) / std),
      1e-4,
    );
    assert.equal(output.critics.helpful.kind, 'critic');
    assert.deepEqual(output.critics.harmless.tensors, made.params.rewardModels.harmless.tensors);
  });

  it('gives bit-equal results for equal requests and leaves no tensor', async () => {
    const first = await freeze(request());
    const tensors = tf.memory().numTensors - cachedTensors();
    const second = await freeze(request());
    assert.equal(tf.memory().numTensors - cachedTensors(), tensors);
    assert.deepEqual(second, first);
  });

  it('does without prompts: the scale then changes nothing', async () => {
    const { output } = await freeze({
      ...request(),
      data: { prompts: emptyTable, sensitivePrompts: emptyTable },
    });
    assert.deepEqual(
      output.scale,
      perObjective(() => ({ mean: 0, std: 1 })),
    );
  });
});

describe('scale of scores', () => {
  it('is mean and sample standard deviation', () => {
    assertNear(Object.values(scaleOfScores(Float32Array.of(2, 4, 4, 6))), [4, Math.sqrt(8 / 3)], 1e-6);
  });

  it('has deviation 1 where all scores are equal', () => {
    assert.deepEqual(scaleOfScores(Float32Array.of(0.5, 0.5)), { mean: 0.5, std: 1 });
  });
});
