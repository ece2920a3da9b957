import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { objectives, perObjective, type Objective } from '../../../src/learning/objective.js';
import { responseFeatures, scoreFeatures } from '../../../src/learning/model/reward-features.js';
import { featureWidth, readValues } from '../../../src/learning/model/reward-model.js';
import { cachedTensors } from '../../../src/learning/model/weights.js';
import { freeze } from '../../../src/learning/training/freeze.js';
import { scaleOfScores } from '../../../src/learning/training/reward-scale.js';
import {
  choosePrompts,
  frozenModel,
  sampleResponses,
  withPolicy,
  type Rollout,
} from '../../../src/learning/training/rollout.js';
import type { FreezeHyper, TaskRequest } from '../../../src/learning/training/task.js';
import { mean } from '../../../src/moments.js';
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

function request(hyper: Partial<FreezeHyper> = {}): TaskRequest<'freeze'> {
  return {
    kind: 'freeze',
    key: '',
    seed: 'freeze test',
    model: tinyShape,
    hyper: {
      ...{ prompts: 24, sensitiveShare: 0.5, maxNewTokens: 5, temperature: 1, missingEosPenalty: 0 },
      ...{ criticWarmupSteps: 0, criticLearningRate: 2e-2, minibatchSize: 24, maxGradientNorm: 1 },
      ...{ klCoefficient: 0.05, discount: 1, whitenRewards: false },
      ...hyper,
    },
    params: {
      base: tinyBase(),
      tuned: { adapters: tinyAdapters(), lora: tinyLora() },
      rewardModels: perObjective((objective) => tinyReward(objective)),
    },
    data: {
      prompts: tableOf([1, 2, 3, 4].map((token) => [[token, 5, 6], [7]] as const)),
      sensitivePrompts: tableOf([5, 6].map((token) => [[8, token], [7]] as const)),
    },
  };
}

/** The responses that the task samples. */
function sampled({ model, params, data, hyper, seed }: TaskRequest<'freeze'>): Rollout[] {
  const chosen = choosePrompts(seed, hyper.prompts, hyper.sensitiveShare, data);
  return withPolicy(model, params.base, params.tuned, (policy) =>
    sampleResponses(policy, chosen, hyper, seed),
  );
}

/** The features of their ends. */
function sampledFeatures(made: TaskRequest<'freeze'>): Float32Array {
  return scoreFeatures(frozenModel(made.model, made.params.base), sampled(made));
}

/**
 * The states before all tokens of the responses, and the return of each: γ to the number of tokens that follow,
 * times the standardised score, which lacks the penalty where there is no end.
 */
function statesAndReturns(
  made: TaskRequest<'freeze'>,
  objective: Objective,
  { mean, std }: { readonly mean: number; readonly std: number },
) {
  const { discount, missingEosPenalty } = made.hyper;
  const rollouts = sampled(made);
  const base = frozenModel(made.model, made.params.base);
  const scores = readValues(made.params.rewardModels[objective], scoreFeatures(base, rollouts));
  const width = featureWidth(made.model.config);
  const states = responseFeatures(base, rollouts).flatMap((rows) => [...rows.subarray(0, -width)]);
  const returns = rollouts.flatMap(({ tokens, response, ended }, i) => {
    const score = (scores[i]! - mean) / std - (ended ? 0 : missingEosPenalty);
    const length = tokens.length - response;
    return Array.from({ length }, (_, t) => discount ** (length - 1 - t) * score);
  });
  return { states: Float32Array.from(states), returns };
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

  it('warms each critic up on these responses, towards the discounted score that each token leads to', async () => {
    const fined = { missingEosPenalty: 3, discount: 0.8 };
    const made = request({ ...fined, criticWarmupSteps: 150 });
    const { output } = await freeze(made);
    const cold = (await freeze(request(fined))).output;
    assert.deepEqual(output.scale, cold.scale);
    for (const objective of objectives) {
      const { states, returns } = statesAndReturns(made, objective, output.scale[objective]);
      const errorsOf = (critics: typeof cold.critics) =>
        [...readValues(critics[objective], states)].map((value, i) => value - returns[i]!);
      const squared = (errors: readonly number[]) => mean(errors.map((error) => error ** 2));
      const [before, after] = [errorsOf(cold.critics), errorsOf(output.critics)];
      assert.ok(squared(after) < squared(before) / 2, `${squared(before)}, then ${squared(after)}`);
      // A critic has a bias: where the squared error is least its mean error is 0.
      assert.ok(Math.abs(mean(returns)) > 0.5, 'the mean return is not near 0 by itself');
      assert.ok(Math.abs(mean(after)) < 0.1, `${mean(after)}`);
    }
  });

  it('gives bit-equal results for equal requests and leaves no tensor', async () => {
    const warmed = { criticWarmupSteps: 3, minibatchSize: 16 };
    const first = await freeze(request(warmed));
    const tensors = tf.memory().numTensors - cachedTensors();
    const second = await freeze(request(warmed));
    assert.equal(tf.memory().numTensors - cachedTensors(), tensors);
    assert.deepEqual(second, first);
  });

  it('does without prompts: the scale then changes nothing', async () => {
    const { output } = await freeze({
      ...request({ criticWarmupSteps: 3 }),
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
