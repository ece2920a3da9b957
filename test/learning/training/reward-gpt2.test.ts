import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import type { TokenTable } from '../../../src/learning/data/token-table.js';
import { scoreTensors } from '../../../src/learning/model/gpt-reward.js';
import { readHead } from '../../../src/learning/model/head.js';
import {
  frozenBackbone,
  initialPretrainedReward,
  type TrainedPart,
} from '../../../src/learning/model/pretrained-reward.js';
import { objectives, perObjective } from '../../../src/learning/objective.js';
import { cachedTensors } from '../../../src/learning/model/weights.js';
import { tensorsOf } from '../../../src/learning/params/param-set.js';
import { stream } from '../../../src/simulation/random/stream.js';
import { rewardModels } from '../../../src/learning/training/reward-models/index.js';
import { rewardTest } from '../../../src/learning/training/reward-test.js';
import { runTask } from '../../../src/learning/training/run-task.js';
import { tableRows } from '../../../src/learning/training/table-features.js';
import type { TaskRequest } from '../../../src/learning/training/task.js';
import { testBackend } from '../../backend.js';
import { banditRequest } from './bandit.js';
import { assertNear } from './ppo/reference.js';
import { emptyTable, tableOf, tinyBase, tinyShape } from './tiny-model.js';

const { config } = tinyShape;
const model = { ...tinyShape, reward: { kind: 'gpt2', config } } as const;
const { eos_token_id: endOfText, n_embd: width } = config;

/** The tiny language model, with a new head. */
const loaded = { base: tinyBase(), head: null, headTensors: scoreTensors(config) };

function rewardParams(train: TrainedPart) {
  const start = (objective: string) =>
    initialPretrainedReward(loaded, train, stream('tiny GPT-2 reward', objective));
  return {
    base: tinyBase(),
    ...(train === 'head' && { backbone: frozenBackbone(loaded) }),
    rewardModels: perObjective(start),
  };
}

/** Pairs whose chosen row has `good` among random tokens where the rejected one has `bad`. */
function pairs(count: number, good: number, bad: number, name: string): TokenTable {
  const draws = stream('toy pairs', name);
  return tableOf(
    Array.from({ length: count }, () => {
      const [prompt, other] = [draws.below(5), draws.below(5)];
      return [good, bad].map((token) => [[prompt], [other, token, endOfText]] as const);
    }).flat(),
  );
}

function request(train: TrainedPart, localSteps = 40): TaskRequest<'reward'> {
  const learningRate = train === 'full' ? 1e-3 : 3e-2;
  return {
    kind: 'reward',
    key: '',
    seed: 'reward test',
    model,
    hyper: { localSteps, batchSize: 8, learningRate, weightDecay: 1e-3, centerCoefficient: 0.01 },
    params: rewardParams(train),
    data: {
      helpful: { train: pairs(32, 8, 9, 'helpful train'), validation: pairs(16, 8, 9, 'helpful validation') },
      harmless: {
        train: pairs(32, 10, 8, 'harmless train'),
        validation: pairs(16, 10, 8, 'harmless validation'),
      },
    },
  };
}

const answer = (...tokens: readonly number[]) => ({ tokens: Int32Array.from(tokens), response: 2 });

/** The same models on the validation pairs of the request, as if they were its test pairs. */
function testOf({ hyper: _, data, ...made }: TaskRequest<'reward'>): TaskRequest<'rewardTest'> {
  const tests = perObjective((objective) => data[objective].validation);
  return { ...made, kind: 'rewardTest', hyper: {}, data: tests };
}

for (const train of ['full', 'head'] as const) {
  describe(`reward models that are GPT-2s, train "${train}"`, () => {
    before(testBackend);

    it('learn separable preferences: losses fall, held-out pairs are ranked right', async () => {
      const before = await rewardTest(testOf(request(train)));
      const { metrics } = await runTask(request(train));
      assertNear([before.metrics.helpful.loss, before.metrics.harmless.loss], [Math.LN2, Math.LN2], 0.1);
      assert.ok(
        metrics.helpful.validationLoss! < 0.5 && metrics.harmless.validationLoss! < 0.5,
        JSON.stringify(metrics),
      );
      assert.ok(
        metrics.helpful.accuracy! >= 0.9 && metrics.harmless.accuracy! >= 0.9,
        JSON.stringify(metrics),
      );
    });

    it('train that part, every tensor of it, and write to nothing that they were given', async () => {
      const made = request(train, 3);
      const { base, rewardModels, backbone = base } = made.params;
      const sets = [base, ...Object.values(rewardModels), backbone];
      const given = sets.map(({ values }) => values.slice());
      const { output } = await runTask(made);
      assert.deepEqual(
        sets.map(({ values }) => values),
        given,
      );
      const trained = new Map(
        [...tensorsOf(output.rewardModels.helpful)].map(({ name, values }) => [name, values]),
      );
      assert.equal(output.rewardModels.helpful.kind, 'reward');
      assert.equal(trained.has('h.0.mlp.c_fc.weight'), train === 'full');
      for (const { name, values } of tensorsOf(rewardModels.helpful)) {
        assert.notDeepEqual(trained.get(name), values, name);
      }
    });

    it('give bit-equal results for equal requests, measured as reported, and leave no tensor', async () => {
      const first = await runTask(request(train, 2));
      const tensors = tf.memory().numTensors - cachedTensors();
      assert.deepEqual(await runTask(request(train, 2)), first);
      const made = request(train);
      const params = { ...made.params, ...first.output };
      const measured = await runTask(testOf({ ...made, params }));
      assert.equal(tf.memory().numTensors - cachedTensors(), tensors);
      assert.equal(measured.metrics.helpful.loss, first.metrics.helpful.validationLoss);
    });

    it('score an answer at its last token, as a table of pairs has it', async () => {
      const { params, data } = request(train);
      const models = await rewardModels({ seed: '', model, params });
      const { helpful, harmless } = models.scoresOfAnswers(tableRows(data.helpful.validation));
      assertNear(helpful, models.scoresOfPairs(params.rewardModels.helpful, data.helpful.validation), 1e-6);
      assertNear(harmless, models.scoresOfPairs(params.rewardModels.harmless, data.helpful.validation), 1e-6);
      const [cut, ended] = models.scoresOfAnswers([answer(1, 2, 3), answer(1, 2, 3, endOfText)]).helpful;
      assert.notEqual(cut, ended);
      assert.equal(models.scoresOfAnswers([]).helpful.length, 0);
    });

    it('start critics that are the reward models read before every token, and see no later one', async () => {
      const params = rewardParams(train);
      const models = await rewardModels({ seed: '', model, params });
      const answers = [answer(1, 2, 3, 4, 5), answer(1, 2, 3, 4, endOfText), answer(6, 7, endOfText)];
      const { scores, states } = models.scoresAndStates(answers);
      const scored = models.scoresOfAnswers(answers);
      const [mean, std] = [0.3, 2];
      for (const objective of objectives) {
        assertNear(scores[objective], scored[objective], 1e-6);
        const critic = models.critic(objective, { mean, std });
        const values = states[objective].map((rows) => readHead(models.criticHead, critic, rows));
        assert.deepEqual(
          states[objective].map((rows) => rows.length / width),
          [3, 3, 1],
        );
        // The value before a token is the score of the answer that ends there.
        const prefixes = [answer(1, 2), answer(1, 2, 3), answer(1, 2, 3, 4)];
        const expected = models.scoresOfAnswers(prefixes)[objective].map((score) => (score - mean) / std);
        assertNear(values[0]!, expected, 1e-5);
        assertNear(values[1]!, expected, 1e-5);
      }
    });

    it('go through Steps 3.1 to 3.3, which train the critics and not the reward models', async () => {
      const bandit = banditRequest({ promptsPerRound: 16, criticLearningRate: 1e-2 });
      const params = { ...bandit.params, ...rewardParams(train) };
      const given = params.rewardModels.helpful.values.slice();
      const frozen = await runTask({
        ...bandit,
        model,
        kind: 'freeze',
        hyper: { ...bandit.hyper, prompts: 16, sensitiveShare: 0, maxNewTokens: 3, criticWarmupSteps: 4 },
        params,
        data: { prompts: bandit.data.prompts, sensitivePrompts: emptyTable },
      });
      const { scale, critics } = frozen.output;
      assert.ok(scale.helpful.std > 0 && scale.helpful.std !== 1);
      const { output } = await runTask({
        ...bandit,
        model,
        hyper: { ...bandit.hyper, scale },
        params: { ...params, critics },
      });
      for (const objective of objectives) {
        const critic = output.critics[objective];
        assert.deepEqual(critic.tensors, [
          { name: 'score.weight', shape: [1, width] },
          { name: 'score.bias', shape: [1] },
        ]);
        assert.equal(critic.kind, 'critic');
        assert.notDeepEqual(critic.values, frozen.output.critics[objective].values);
      }
      assert.deepEqual(params.rewardModels.helpful.values, given);
    });
  });
}
