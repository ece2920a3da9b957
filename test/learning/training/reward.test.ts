import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import type { TokenTable } from '../../../src/learning/data/token-table.js';
import { responseFeatures } from '../../../src/learning/model/reward-features.js';
import { readValues } from '../../../src/learning/model/reward-model.js';
import { cachedTensors } from '../../../src/learning/model/weights.js';
import { perObjective } from '../../../src/learning/objective.js';
import { stream } from '../../../src/simulation/random/stream.js';
import { preferenceLoss } from '../../../src/learning/training/preference-loss.js';
import { rewardTest } from '../../../src/learning/training/reward-test.js';
import { rewardModels } from '../../../src/learning/training/reward-models/index.js';
import { reward } from '../../../src/learning/training/reward.js';
import { frozenModel } from '../../../src/learning/training/rollout.js';
import type { TaskRequest } from '../../../src/learning/training/task.js';
import { testBackend } from '../../backend.js';
import { assertNear, numericGradient } from './ppo/reference.js';
import { emptyTable, tableOf, tinyBase, tinyReward, tinyShape } from './tiny-model.js';

const endOfText = tinyShape.config.eos_token_id;

/** Pairs whose chosen response has `good` among random tokens where the rejected one has `bad`. */
function pairs(count: number, good: number, bad: number, name: string): TokenTable {
  const draws = stream('toy pairs', name);
  const token = () => draws.below(8);
  return tableOf(
    Array.from({ length: count }, () => {
      const prompt = [token(), token(), token()];
      const [first, last] = [token(), token()];
      return [
        [prompt, [first, good, last, endOfText]],
        [prompt, [first, bad, last, endOfText]],
      ] as const;
    }).flat(),
  );
}

function request(localSteps = 60): TaskRequest<'reward'> {
  return {
    kind: 'reward',
    key: '',
    seed: 'reward test',
    model: tinyShape,
    hyper: { localSteps, batchSize: 8, learningRate: 1e-2, weightDecay: 1e-3, centerCoefficient: 0.01 },
    params: { base: tinyBase(), rewardModels: perObjective((objective) => tinyReward(objective)) },
    data: {
      helpful: { train: pairs(32, 8, 9, 'helpful train'), validation: pairs(16, 8, 9, 'helpful validation') },
      harmless: {
        train: pairs(32, 10, 8, 'harmless train'),
        validation: pairs(16, 10, 8, 'harmless validation'),
      },
    },
  };
}

describe('preference loss', () => {
  it('is −log σ of the margin: 0.341154 for scores 1.2 and 0.3, of probability 0.710950', () => {
    const { loss } = preferenceLoss([1.2, 0.3], 0.01);
    assertNear([loss, Math.exp(-loss)], [0.341154, 0.71095]);
  });

  it('has the gradient that central differences of loss and centring penalty give', () => {
    const score = fc.double({ min: -5, max: 5, noNaN: true });
    const penalty = (s: readonly number[]) => ((s[0]! + s[1]!) ** 2 + (s[2]! + s[3]!) ** 2) / 2;
    fc.assert(
      fc.property(fc.array(score, { minLength: 4, maxLength: 4 }), (scores) => {
        for (const coefficient of [0, 0.01, 0.5]) {
          const penalised = (s: readonly number[]) =>
            preferenceLoss(s, coefficient).loss + coefficient * penalty(s);
          assertNear(preferenceLoss(scores, coefficient).gradient, numericGradient(penalised, scores), 1e-6);
        }
      }),
    );
  });

  it('survives margins without bound', () => {
    assertNear([preferenceLoss([0, 2000], 0).loss, preferenceLoss([2000, 0], 0).loss], [2000, 0]);
  });

  it('does not count the penalty, nor move the scores of a pair whose mean is zero', () => {
    assert.equal(preferenceLoss([3, 1], 0.5).loss, preferenceLoss([3, 1], 0).loss);
    assert.deepEqual(preferenceLoss([2, -2], 0.5), preferenceLoss([2, -2], 0));
  });
});

describe('reward features', () => {
  before(testBackend);

  it('of a state do not change when later tokens are appended', () => {
    const base = frozenModel(tinyShape, tinyBase());
    const width = 2 * tinyShape.config.n_embd;
    const [short, long] = [
      [1, 2, 3, 4, 5],
      [1, 2, 3, 4, 5, 6, 7, 8],
    ].map((tokens) => responseFeatures(base, [{ tokens: Int32Array.from(tokens), response: 2 }])[0]!);
    assert.equal(short!.length, 4 * width);
    assert.equal(long!.length, 7 * width);
    assertNear(long!.subarray(0, short!.length), short!, 1e-5);
  });

  it('of an answer do not depend on the answers that share its pass', () => {
    const base = frozenModel(tinyShape, tinyBase());
    const answers = [
      { tokens: Int32Array.of(1, 2, 3, 4), response: 1 },
      { tokens: Int32Array.of(5, 6, 7, 8, 9, 3), response: 4 },
    ];
    const together = responseFeatures(base, answers);
    const alone = answers.flatMap((answer) => responseFeatures(base, [answer]));
    alone.forEach((features, i) => assertNear(together[i]!, features, 1e-5));
  });
});

describe('a score on the frozen base model', () => {
  before(testBackend);

  it('is read at the answer’s last token, and a critic’s earlier values do not depend on it', async () => {
    const params = { base: tinyBase(), rewardModels: perObjective((objective) => tinyReward(objective)) };
    const models = await rewardModels({ seed: '', model: tinyShape, params });
    const answer = (last: number) => ({ tokens: Int32Array.of(1, 2, 3, 4, last), response: 2 });
    const scores = models.scoresOfAnswers([answer(5), answer(endOfText)]).helpful;
    assert.notEqual(scores[0], scores[1]);
    const critic = models.critic('helpful', { mean: 0, std: 1 });
    const values = [5, endOfText].map((last) => {
      const states = responseFeatures(frozenModel(tinyShape, params.base), [answer(last)])[0]!;
      return readValues(critic, states);
    });
    assertNear(
      values.map((ofAnswer) => ofAnswer.at(-1)!),
      scores,
      1e-5,
    );
    assertNear(values[0]!.subarray(0, -1), values[1]!.subarray(0, -1), 1e-5);
  });
});

describe('reward task', () => {
  before(testBackend);

  it('learns separable preferences: losses fall below ln 2, held-out pairs are ranked right', async () => {
    const before = await reward(request(1));
    const { metrics } = await reward(request());
    assertNear([before.metrics.helpful.loss, before.metrics.harmless.loss], [Math.LN2, Math.LN2], 0.05);
    assert.ok(metrics.helpful.loss! < 0.45 && metrics.harmless.loss! < 0.45, JSON.stringify(metrics));
    assert.ok(
      metrics.helpful.validationLoss! < 0.3 && metrics.harmless.validationLoss! < 0.3,
      JSON.stringify(metrics),
    );
    assert.ok(metrics.helpful.accuracy! >= 0.9 && metrics.harmless.accuracy! >= 0.9, JSON.stringify(metrics));
  });

  it('gives bit-equal results for equal requests, leaves no tensor and keeps its inputs', async () => {
    const made = request(5);
    const inputs = Float32Array.from(made.params.rewardModels.helpful.values);
    const first = await reward(made);
    const tensors = tf.memory().numTensors - cachedTensors();
    const second = await reward(request(5));
    assert.equal(tf.memory().numTensors - cachedTensors(), tensors);
    assert.deepEqual(second, first);
    assert.deepEqual(made.params.rewardModels.helpful.values, inputs);
    assert.notDeepEqual(first.output.rewardModels.helpful.values, inputs);
    assert.equal(first.output.rewardModels.helpful.kind, 'reward');
  });

  it('keeps scores nearer to zero the more it centres them', async () => {
    const meanOf = async (centerCoefficient: number) => {
      const made = request(60);
      const { metrics } = await reward({ ...made, hyper: { ...made.hyper, centerCoefficient } });
      return Math.abs(metrics.helpful.meanScore!);
    };
    assert.ok((await meanOf(1)) < (await meanOf(0)));
  });

  it('leaves the reward model of an objective without pairs as it is', async () => {
    const made = request(5);
    const data = { ...made.data, harmless: { train: emptyTable, validation: emptyTable } };
    const { output, metrics } = await reward({ ...made, data });
    assert.equal(output.rewardModels.harmless, made.params.rewardModels.harmless);
    assert.deepEqual([metrics.harmless.loss, metrics.harmless.accuracy], [null, null]);
    assert.ok(Number.isFinite(metrics.helpful.loss));
  });
});

describe('rewardTest task', () => {
  before(testBackend);

  it('measures by what the reward task reports after training, on whatever pairs', async () => {
    const made = request(20);
    const trained = await reward(made);
    const measured = await rewardTest({
      ...made,
      kind: 'rewardTest',
      hyper: {},
      params: { base: made.params.base, ...trained.output },
      data: perObjective((objective) => made.data[objective].validation),
    });
    const reported = perObjective((objective) => {
      const { validationLoss, ...ranking } = trained.metrics[objective];
      return { ...ranking, loss: validationLoss };
    });
    assert.deepEqual(measured.metrics, reported);
  });
});
