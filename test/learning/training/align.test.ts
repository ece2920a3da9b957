import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { readValues } from '../../../src/learning/model/reward-model.js';
import { cachedTensors } from '../../../src/learning/model/weights.js';
import { align } from '../../../src/learning/training/align.js';
import { freeze } from '../../../src/learning/training/freeze.js';
import { observe } from '../../../src/learning/training/observe.js';
import { rewardModels } from '../../../src/learning/training/reward-models/index.js';
import { blank, type Memory } from '../../../src/learning/params/memory.js';
import { choosePrompts } from '../../../src/learning/training/rollout.js';
import { variance } from '../../../src/moments.js';
import { testBackend } from '../../backend.js';
import { alignFor, alone, banditRequest, wanted, wantedProbabilities } from './bandit.js';
import { assertNear } from './ppo/reference.js';
import { emptyTable, tableOf } from './tiny-model.js';

describe('align task', () => {
  before(testBackend);

  it('raises the probability of the one rewarded token to 0.9 and more', async () => {
    const request = banditRequest();
    const before = wantedProbabilities(request.params);
    const after = wantedProbabilities(await alignFor(15, request));
    assert.ok(Math.max(...before) < 0.5, `before: ${before.join(', ')}`);
    assert.ok(Math.min(...after) >= 0.9, `after: ${after.join(', ')}`);
  });

  it('learns through the LoRA alone, and through the adapters alone', async () => {
    for (const part of ['lora', 'adapters'] as const) {
      const request = alone(banditRequest({ learningRate: 1e-2 }), part);
      const after = await alignFor(8, request);
      const [, before] = wantedProbabilities(request.params);
      const [, reached] = wantedProbabilities(after);
      assert.ok(reached! > before! + 0.2, `from ${before} to ${reached}`);
      assert.deepEqual(Object.keys(after.tuned), [part]);
    }
  });

  it('with a KL coefficient of 1 stays around the optimum p·e / (1 − p + p·e)', async () => {
    const request = banditRequest({ klCoefficient: 1, ppoEpochs: 1, promptsPerRound: 48 });
    const before = wantedProbabilities(request.params);
    let params = await alignFor(10, request);
    const visited: number[][] = [];
    for (let round = 0; round < 8; round++) {
      params = await alignFor(1, { ...request, params, seed: `later ${round}` });
      visited.push(wantedProbabilities(params));
    }
    const means = before.map((_, i) => visited.reduce((sum, p) => sum + p[i]! / visited.length, 0));
    const optimum = before.map((p) => (p * Math.E) / (1 - p + p * Math.E));
    assertNear(means, optimum, 0.2);
  });

  it('with a weight of zero for its objective does not follow a reward', async () => {
    const request = banditRequest({ weights: { helpful: 0, harmless: 1 }, klCoefficient: 0.2 });
    const after = wantedProbabilities(await alignFor(8, request));
    assert.ok(Math.max(...after) < 0.6, after.join(', '));
  });

  it('trains each critic towards its own reward', async () => {
    const request = banditRequest();
    const params = await alignFor(15, request);
    const { metrics } = await align({ ...request, params, seed: 'afterwards' });
    assert.ok(metrics['objective/scores_helpful']! > 0.85);
    assert.ok(metrics['loss/value_helpful_avg']! < 0.08, JSON.stringify(metrics));
    assert.notDeepEqual(params.critics.helpful.values, request.params.critics.helpful.values);
    assert.equal(params.critics.helpful.kind, 'critic');
  });

  it('with kept moments goes on averaging gradients: of a constant one 1 − 0.9ⁿ is in the first', async () => {
    // Nothing moves at rate 0, so that every step of every task has the same gradient.
    const still = { learningRate: 0, criticLearningRate: 0, ppoEpochs: 2, minibatchSize: 32 };
    const parts = ['adapters', 'lora', 'critic-helpful', 'critic-harmless'] as const;
    const request = banditRequest(still);
    const ask = async ({ sets, notes }: Memory) => {
      const { output } = await align({
        ...request,
        hyper: { ...request.hyper, optimizers: { parts, notes } },
        params: { ...request.params, moments: sets },
      });
      return output.optimizers!;
    };
    const first = await ask(blank);
    const second = await ask(first);
    assert.deepEqual(Object.values(first.notes), [2, 2, 2, 2]);
    assert.deepEqual(Object.values(second.notes), [4, 4, 4, 4]);
    for (const part of parts) {
      for (const [moment, beta] of [
        ['first', 0.9],
        ['second', 0.999],
      ] as const) {
        const [one, two] = [first, second].map(({ sets }) => sets[`${part}.${moment}`]!);
        const factor = (1 - beta ** 4) / (1 - beta ** 2);
        const expected = Array.from(one!.values, (value) => factor * value);
        const scale = Math.max(...expected.map(Math.abs));
        assertNear(two!.values, expected, 1e-3 * scale);
        assert.ok(scale > 0, part);
        assert.equal(one!.kind, 'moments');
      }
    }
  });

  it('starts with ratio 1 and no divergence, and reports scores less the KL penalty', async () => {
    const { metrics } = await align(banditRequest({ ppoEpochs: 1, minibatchSize: 32, klCoefficient: 0.3 }));
    assertNear(
      [metrics['objective/kl']!, metrics['policy/approxkl_avg']!, metrics['policy/clipfrac_avg']!],
      [0, 0, 0],
      1e-6,
    );
    assertNear([metrics['val/ratio']!, metrics['val/response_length']!], [1, 1], 1e-6);
    const again = banditRequest({ klCoefficient: 0.3 });
    const params = await alignFor(3, again);
    const { metrics: later } = await align({ ...again, params });
    assert.ok(later['objective/kl']! > 0);
    assertNear(
      later['objective/rlhf_reward']!,
      later['objective/scores_helpful']! - 0.3 * later['objective/kl']!,
      1e-12,
    );
  });

  it('takes the penalty for a missing end from both objectives', async () => {
    const request = banditRequest();
    const { metrics: plain } = await align(request);
    const { metrics: fined } = await align({ ...request, hyper: { ...request.hyper, missingEosPenalty: 2 } });
    const share = 1 - plain['val/num_eos_tokens']! / request.hyper.promptsPerRound;
    for (const name of ['objective/scores_helpful', 'objective/scores_harmless', 'objective/scores']) {
      assertNear(fined[name]!, plain[name]! - 2 * share, 1e-9);
    }
  });

  it('gives bit-equal results for equal requests, others for another seed, no tensor left', async () => {
    const first = await align(banditRequest());
    const tensors = tf.memory().numTensors - cachedTensors();
    const second = await align(banditRequest());
    assert.equal(tf.memory().numTensors - cachedTensors(), tensors);
    assert.deepEqual(second, first);
    const other = await align({ ...banditRequest(), seed: 'another' });
    assert.notDeepEqual(other.output.tuned['adapters']!.values, first.output.tuned['adapters']!.values);
  });

  it('does not write to the parameters that it was given', async () => {
    const request = banditRequest();
    const { tuned, critics } = request.params;
    const given = [tuned['adapters']!, tuned['lora']!, critics.helpful, critics.harmless];
    const before = given.map(({ values }) => [...values]);
    await align(request);
    assert.deepEqual(
      given.map(({ values }) => [...values]),
      before,
    );
  });
});

describe('switches of the align task', () => {
  before(testBackend);

  const wholeBatch = { promptsPerRound: 16, minibatchSize: 16 };

  it('ends a round before the first step whose minibatch moved too far, critics and all', async () => {
    const stopped = await align(banditRequest({ ...wholeBatch, ppoEpochs: 4, targetKl: 1e-7 }));
    const once = await align(banditRequest({ ...wholeBatch, ppoEpochs: 1 }));
    assert.deepEqual(stopped.output, once.output);
    assert.equal(stopped.metrics['policy/stopped_early'], 0.75);
    assert.equal(once.metrics['policy/stopped_early'], 0);
  });

  it('does not end a round whose steps stay within the target', async () => {
    const free = await align(banditRequest({ ...wholeBatch, ppoEpochs: 4 }));
    const within = await align(banditRequest({ ...wholeBatch, ppoEpochs: 4, targetKl: 10 }));
    assert.deepEqual(within, free);
  });

  it('judges its first round by critics that were warmed up on other responses than those of the round', async () => {
    const request = banditRequest({ ...wholeBatch, promptsPerRound: 64, ppoEpochs: 1 });
    const frozen = (criticWarmupSteps: number) =>
      freeze({
        ...request,
        kind: 'freeze',
        seed: 'bandit/freeze',
        hyper: { ...request.hyper, prompts: 128, criticWarmupSteps },
      });
    const first = async (criticWarmupSteps: number) => {
      const { critics, scale } = (await frozen(criticWarmupSteps)).output;
      const begun = {
        ...request,
        hyper: { ...request.hyper, scale },
        params: { ...request.params, critics },
      };
      const { metrics } = await align(begun);
      return { metrics, begun };
    };
    const [cold, warm] = [await first(0), await first(60)];
    for (const name of ['objective/entropy', 'policy/entropy_avg', 'objective/scores', 'objective/kl']) {
      assert.equal(warm.metrics[name], cold.metrics[name]);
    }
    const explained = 'val/explained_variance_harmless';
    assert.ok(warm.metrics[explained]! > cold.metrics[explained]! + 0.1, JSON.stringify(warm.metrics));
    // What the critics of Step 3.1 say of the round's responses, which the task did nothing to before: a response
    // is one token here, and its return its score.
    const { params } = warm.begun;
    const observed = observe(warm.begun, await rewardModels(warm.begun));
    const returns = observed.map(({ score }) => score.harmless);
    const errors = observed.map(
      ({ states }, i) => returns[i]! - readValues(params.critics.harmless, states.harmless)[0]!,
    );
    assert.equal(observed.length, 64);
    assertNear(warm.metrics[explained]!, 1 - variance(errors, 0) / variance(returns, 0), 1e-4);
  });

  it('leaves advantages on the scale of the rewards where they are not whitened', async () => {
    const hyper = { ...wholeBatch, ppoEpochs: 1, clipRange: 100 };
    const loss = async (whitenAdvantages: boolean) =>
      (await align(banditRequest({ ...hyper, whitenAdvantages }))).metrics['loss/policy_avg']!;
    // At ratio 1 the loss is minus the mean advantage, which whitening makes 0.
    assertNear(await loss(true), 0, 1e-6);
    assert.ok(Math.abs(await loss(false)) > 1e-3);
  });

  it('learns with whitened rewards as well', async () => {
    const request = banditRequest({ whitenRewards: true });
    const after = wantedProbabilities(await alignFor(8, request));
    const before = wantedProbabilities(request.params);
    assert.ok(
      after.every((p, i) => p > before[i]! + 0.2),
      after.join(', '),
    );
  });
});

describe("metrics of the align task, by TRL's names", () => {
  before(testBackend);

  it('hold sums of parts: reward = scores − β KL, weighted scores, means of both critics', async () => {
    const request = banditRequest({ weights: { helpful: 0.3, harmless: 0.7 }, klCoefficient: 0.3 });
    const params = await alignFor(2, request);
    const { metrics } = await align({ ...request, params });
    const of = (name: string) => metrics[name]!;
    assert.equal(of('objective/kl_coef'), 0.3);
    assertNear(of('objective/non_score_reward'), -0.3 * of('objective/kl'), 1e-12);
    assertNear(of('objective/rlhf_reward'), of('objective/scores') + of('objective/non_score_reward'), 1e-12);
    assertNear(
      of('objective/scores'),
      0.3 * of('objective/scores_helpful') + 0.7 * of('objective/scores_harmless'),
      1e-12,
    );
    for (const name of ['loss/value', 'val/clipfrac']) {
      const both = (of(`${name}_helpful_avg`) + of(`${name}_harmless_avg`)) / 2;
      assertNear(of(`${name}_avg`), both, 1e-12);
    }
    assert.equal(of('val/num_responses'), request.hyper.promptsPerRound);
    assert.ok(of('objective/kl_k3') > 0 && of('val/ratio_var') > 0);
  });

  it('of one-token responses have an entropy that the sampled tokens estimate', async () => {
    const { metrics } = await align(
      banditRequest({ promptsPerRound: 1024, minibatchSize: 1024, ppoEpochs: 1 }),
    );
    const exact = metrics['policy/entropy_avg']!;
    assert.ok(exact > 0 && exact < Math.log(12));
    // The deviation of −log p under p is below 1 nat here, so that three standard errors are below 0.1.
    assertNear(metrics['objective/entropy']!, exact, 0.1);
  });

  for (const algorithm of ['ppo', 'rewarded-soups'] as const) {
    it(`are null, and ${algorithm} trains nothing, where no prompt leaves room for a response`, async () => {
      const request = banditRequest({ algorithm, weights: { helpful: 0.3, harmless: 0.7 } });
      const full = tableOf([[Array.from({ length: 16 }, () => 1), []]]);
      const { output, metrics } = await align({
        ...request,
        data: { ...request.data, prompts: full },
      });
      for (const name of ['objective/rlhf_reward', 'objective/kl', 'loss/policy_avg']) {
        assert.equal(metrics[name], null, name);
      }
      assert.deepEqual([metrics['val/num_responses'], metrics['val/num_eos_tokens']], [0, 0]);
      const { tuned, critics } = request.params;
      assert.deepEqual(output, { tuned, critics });
    });
  }
});

describe('choice of prompts', () => {
  const table = (first: number, count: number) =>
    tableOf(Array.from({ length: count }, (_, i) => [[first, i], [wanted]] as const));
  const data = { prompts: table(1, 6), sensitivePrompts: table(2, 4) };
  const firsts = (chosen: readonly Int32Array[]) => chosen.map(([first]) => first);

  it('takes the given share from the sensitive prompts, without their responses', () => {
    const chosen = choosePrompts('seed', 8, 0.25, data);
    assert.deepEqual(firsts(chosen), [2, 2, 1, 1, 1, 1, 1, 1]);
    assert.ok(chosen.every(({ length }) => length === 2));
  });

  it('takes all from one table where the other one is empty', () => {
    const none = { ...data, sensitivePrompts: emptyTable };
    assert.deepEqual(firsts(choosePrompts('seed', 3, 0.5, none)), [1, 1, 1]);
    const only = { ...data, prompts: emptyTable };
    assert.deepEqual(firsts(choosePrompts('seed', 3, 0.5, only)), [2, 2, 2]);
    assert.deepEqual(
      choosePrompts('seed', 3, 0.5, { prompts: emptyTable, sensitivePrompts: emptyTable }),
      [],
    );
  });

  it('chooses from 130,000 prompts', () => {
    const many = { prompts: table(1, 130_000), sensitivePrompts: emptyTable };
    assert.deepEqual(firsts(choosePrompts('seed', 2, 0, many)), [1, 1]);
  });

  it('repeats no prompt before all of its table were taken', () => {
    const taken = choosePrompts('seed', 12, 0, data).map(([, i]) => i!);
    assert.deepEqual(taken.slice(0, 6).sort(), [0, 1, 2, 3, 4, 5]);
    assert.deepEqual(taken.slice(6).sort(), [0, 1, 2, 3, 4, 5]);
  });
});
