import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { cachedTensors } from '../../../../src/learning/model/weights.js';
import { perObjective } from '../../../../src/learning/objective.js';
import { paramSet, tensorsOf, type ParamSet } from '../../../../src/learning/params/param-set.js';
import { align } from '../../../../src/learning/training/align.js';
import { rewardModels } from '../../../../src/learning/training/reward-models/index.js';
import { readLogProbs, withPolicy } from '../../../../src/learning/training/rollout.js';
import type { AlignHyper, AlignParams, TaskRequest } from '../../../../src/learning/training/task.js';
import { testBackend } from '../../../backend.js';
import { alone, banditRequest, handMadeReward, wanted } from '../bandit.js';
import { assertNear } from '../ppo/reference.js';
import { emptyTable, tableOf, tinyShape } from '../tiny-model.js';

/*
 * A task whose optimum is known: after one prompt the response is one of two tokens. Helpfulness prefers the
 * wanted one in 9 of 12 pairs and harmlessness in 8 of 12, and both reward models say just that: their scores
 * of the two tokens differ by ln 3 and ln 2, what Bradley–Terry takes these shares for.
 */

const prompt = [1, 2, 3];
const rival = 4;

/** Pairs of the two tokens, the wanted one being chosen in the first `wins`. */
const pairs = (wins: number, count: number) =>
  tableOf(
    Array.from({ length: count }, (_, i) => (i < wins ? [wanted, rival] : [rival, wanted]))
      .flat()
      .map((token) => [prompt, [token]] as const),
  );

const answers = [wanted, rival].map((token) => ({
  tokens: Int32Array.of(...prompt, token),
  response: prompt.length,
}));

/** The bandit's reward model with its output scaled so that the wanted token is `difference` better. */
async function rewardOf(difference: number): Promise<ParamSet> {
  const made = handMadeReward();
  const { params } = banditRequest();
  const models = await rewardModels({
    seed: '',
    model: tinyShape,
    params: { ...params, rewardModels: { ...params.rewardModels, helpful: made } },
  });
  const [own, other] = models.scoresOfAnswers(answers).helpful;
  const scale = difference / (own! - other!);
  return paramSet(
    'reward',
    [...tensorsOf(made)].map((tensor) =>
      tensor.name === 'reward.value.weight'
        ? { ...tensor, values: tensor.values.map((value) => scale * value) }
        : tensor,
    ),
  );
}

async function requestOf(hyper: Partial<AlignHyper> = {}): Promise<TaskRequest<'align'>> {
  const base = banditRequest({
    algorithm: 'modpo',
    weights: { helpful: 0.6, harmless: 0.4 },
    scale: { helpful: { mean: 5, std: 2 }, harmless: { mean: -5, std: 0.5 } },
    dpoBeta: 0.5,
    promptsPerRound: 24,
    minibatchSize: 24,
    ppoEpochs: 1,
    ...hyper,
  });
  const [helpful, harmless] = [await rewardOf(Math.log(3)), await rewardOf(Math.log(2))];
  return {
    ...base,
    params: { ...base.params, rewardModels: { helpful, harmless } },
    data: { ...base.data, pairs: { helpful: pairs(9, 12), harmless: pairs(8, 12) } },
  };
}

/** log π of the wanted token less that of its rival. */
function logRatio(params: Pick<AlignParams, 'base' | 'tuned'>): number {
  const [own, other] = withPolicy(tinyShape, params.base, params.tuned, (policy) =>
    readLogProbs(policy, answers, 1).map(([logProb]) => logProb!),
  );
  return own! - other!;
}

/** Where the policy ends after so many steps on all pairs, relative to the reference. */
async function learned(request: TaskRequest<'align'>, steps = 150): Promise<number> {
  const hyper = { ...request.hyper, promptsPerRound: 2 * request.hyper.minibatchSize, ppoEpochs: steps };
  const { output } = await align({ ...request, hyper });
  return logRatio({ ...request.params, ...output }) - logRatio(request.params);
}

describe('multi-objective DPO', () => {
  before(testBackend);

  it('ends within 2 % at the Gibbs policy of the weighted standardised rewards', async () => {
    const gibbs = (0.6 * (Math.log(3) / 2) + 0.4 * (Math.log(2) / 0.5)) / 0.5;
    assertNear(await learned(await requestOf()), gibbs, 0.02 * gibbs);
  });

  it('with all weight on one objective is DPO on its pairs alone', async () => {
    const scale = perObjective(() => ({ mean: 0, std: 1 }));
    const request = await requestOf({ weights: { helpful: 0, harmless: 1 }, scale });
    const optimum = Math.log(2) / 0.5;
    assertNear(await learned(request), optimum, 0.02 * optimum);
    const pairs = { ...request.data.pairs, helpful: emptyTable };
    const without = { ...request, data: { ...request.data, pairs } };
    assert.deepEqual(await align(without), await align(request));
  });

  it('counts an objective of small weight by its reward model alone', async () => {
    const request = await requestOf({ weights: { helpful: 0.04, harmless: 0.96 } });
    const { metrics } = await align(request);
    assert.ok(metrics.loss_helpful === null && metrics.loss_harmless! > 0);
    const optimum = (0.04 * (Math.log(3) / 2) + 0.96 * (Math.log(2) / 0.5)) / 0.5;
    assertNear(await learned(request), optimum, 0.02 * optimum);
  });

  it('begins at margins of 0, and reports by TRL’s names what its steps did', async () => {
    const request = await requestOf({ learningRate: 1e-2 });
    const { metrics } = await align(request);
    for (const name of ['chosen', 'rejected', 'margins', 'margins_helpful', 'margins_harmless']) {
      assertNear(metrics[`rewards/${name}`]!, 0, 1e-6);
    }
    assertNear(metrics.loss!, 0.6 * metrics.loss_helpful! + 0.4 * metrics.loss_harmless!, 1e-6);
    const long = { ...request, hyper: { ...request.hyper, ppoEpochs: 40 } };
    const { metrics: later } = await align(long);
    assert.ok(later['rewards/margins']! > 0.05 && later.loss! < metrics.loss!, JSON.stringify(later));
    assertNear(later['rewards/margins']!, later['rewards/chosen']! - later['rewards/rejected']!, 1e-9);
    // 17 of the 24 pairs have the wanted token chosen.
    assert.ok(Math.abs(later['rewards/accuracies']! - 17 / 24) < 0.1);
    assert.ok(!('objective/rlhf_reward' in later));
  });

  it('leaves what it was given alone, and gives equal bits again, others by another seed', async () => {
    const request = await requestOf({ minibatchSize: 4, promptsPerRound: 16 });
    const given = [...request.params.tuned['lora']!.values];
    const first = await align(request);
    const tensors = tf.memory().numTensors - cachedTensors();
    assert.deepEqual(await align(request), first);
    assert.equal(tf.memory().numTensors - cachedTensors(), tensors);
    assert.equal(first.output.critics.helpful, request.params.critics.helpful);
    assert.deepEqual([...request.params.tuned['lora']!.values], given);
    const other = await align({ ...request, seed: 'another' });
    assert.notDeepEqual(other.output.tuned['lora']!.values, first.output.tuned['lora']!.values);
  });

  it('learns through the LoRA alone, and through the adapters alone', async () => {
    const request = await requestOf();
    for (const part of ['lora', 'adapters'] as const) {
      assert.ok((await learned(alone(request, part), 30)) > 0.3);
    }
  });

  it('without any pairs leaves the policy as it is', async () => {
    const request = await requestOf();
    const none = { ...request.data, pairs: perObjective(() => emptyTable) };
    const { output, metrics } = await align({ ...request, data: none });
    assert.deepEqual(output.tuned['lora']!.values, request.params.tuned['lora']!.values);
    for (const [name, figure] of Object.entries(metrics)) assert.equal(figure, null, name);
  });
});
