import assert from 'node:assert/strict';
import { interpolated } from '../../../../src/learning/training/algorithms/rewarded-soups.js';
import { align } from '../../../../src/learning/training/align.js';
import { perObjective } from '../../../../src/learning/objective.js';
import { blank, type Memory } from '../../../../src/learning/params/memory.js';
import { paramSet, type ParamSet } from '../../../../src/learning/params/param-set.js';
import type { TaskResult } from '../../../../src/learning/training/task.js';
import { testBackend } from '../../../backend.js';
import { alignFor, banditRequest, wantedProbabilities } from '../bandit.js';
import { assertNear } from '../ppo/reference.js';
import { tinyReward } from '../tiny-model.js';

const trainedOf = ({ tuned, critics }: TaskResult<'align'>['output']) => ({ tuned, critics });
const meanOf = (one: ParamSet, other: ParamSet) =>
  one.values.map((value, i) => (value + other.values[i]!) / 2);
const soups = (helpful: number) =>
  banditRequest({ algorithm: 'rewarded-soups', weights: { helpful, harmless: 1 - helpful } });
const plain = (helpful: number) =>
  banditRequest({ algorithm: 'ppo', weights: { helpful, harmless: 1 - helpful } });

describe('rewarded soups', () => {
  before(testBackend);

  it('with all weight on one objective are PPO by its reward, bit for bit', async () => {
    for (const weight of [1, 0]) assert.deepEqual(await align(soups(weight)), await align(plain(weight)));
  });

  it('with even weights are the mean of both policies, with each critic from its own', async () => {
    const [both, helpful, harmless] = [
      (await align(soups(0.5))).output,
      (await align(plain(1))).output,
      (await align(plain(0))).output,
    ];
    assert.notDeepEqual(helpful.tuned['lora']!.values, harmless.tuned['lora']!.values);
    assert.deepEqual(Object.keys(both.tuned), ['adapters', 'lora']);
    for (const [part, set] of Object.entries(both.tuned)) {
      assertNear(set.values, meanOf(helpful.tuned[part]!, harmless.tuned[part]!), 1e-7);
      assert.deepEqual(set.tensors, helpful.tuned[part]!.tensors);
      assert.equal(set.kind, part);
    }
    const [{ critics: one }, { critics: other }] = [helpful, harmless];
    assert.deepEqual(both.critics, { helpful: one.helpful, harmless: other.harmless });
  });

  it('keep the moments of each branch for the same branch', async () => {
    const parts = ['adapters', 'lora', 'critic-helpful', 'critic-harmless'] as const;
    type Request = ReturnType<typeof soups>;
    const keeping = (request: Request, { sets, notes }: Memory): Request => ({
      ...request,
      hyper: { ...request.hyper, optimizers: { parts, notes } },
      params: { ...request.params, moments: sets },
    });
    const first = (await align(keeping(soups(0.5), blank))).output;
    const params = { ...soups(0.5).params, ...trainedOf(first) };
    const second = (await align(keeping({ ...soups(0.5), params }, first.optimizers!))).output;
    const branch = async (objective: 'helpful' | 'harmless', weight: number) => {
      const asked = keeping(plain(weight), blank);
      const { optimizers } = (await align(asked)).output;
      const { output } = await align(keeping({ ...plain(weight), params }, optimizers!));
      for (const [name, set] of Object.entries(optimizers!.sets)) {
        assert.deepEqual(first.optimizers!.sets[`${objective}/${name}`], set, name);
      }
      return output;
    };
    const [helpful, harmless] = [await branch('helpful', 1), await branch('harmless', 0)];
    const mean = meanOf(helpful.tuned['lora']!, harmless.tuned['lora']!);
    assertNear(second.tuned['lora']!.values, mean, 1e-7);
    const steps = Object.entries(second.optimizers!.notes);
    assert.equal(steps.length, 8);
    for (const [name, count] of steps) assert.equal(count, 2 * Number(first.optimizers!.notes[name]), name);
  });

  it('report the weighted objective, and how far each branch moved', async () => {
    const request = soups(0.25);
    const params = await alignFor(2, soups(0.75));
    const { metrics } = await align({ ...request, params });
    const { metrics: asked } = await align({ ...plain(0.25), params });
    const sampled = Object.keys(asked).filter((name) => name.startsWith('objective/'));
    assert.ok(sampled.length > 5);
    for (const name of sampled) assertNear(metrics[name]!, asked[name]!, 1e-9);
    assert.equal(metrics['val/num_eos_tokens'], asked['val/num_eos_tokens']);
    assertNear(
      metrics['policy/approxkl_avg']!,
      0.25 * metrics['policy/approxkl_avg_helpful']! + 0.75 * metrics['policy/approxkl_avg_harmless']!,
      1e-12,
    );
    assert.equal(metrics['objective/kl_helpful'], metrics['objective/kl_harmless']);
  });

  it('of two equal rewards are PPO by either one, round after round', async () => {
    const alike = (request: ReturnType<typeof soups>) => {
      const { rewardModels, critics } = request.params;
      const params = {
        ...request.params,
        rewardModels: perObjective(() => rewardModels.helpful),
        critics: perObjective(() => critics.helpful),
      };
      return { ...request, params };
    };
    const both = await alignFor(4, alike(soups(0.5)));
    assert.deepEqual(both, await alignFor(4, alike(plain(1))));
    const [before, after] = [soups(0.5).params, both].map(wantedProbabilities);
    assert.ok(
      after!.every((probability, i) => probability > before![i]!),
      after!.join(', '),
    );
  });

  it('are interpolated in float64 and rounded once', () => {
    const set = (...values: number[]) =>
      paramSet('lora', [{ name: 'a', shape: [values.length], values: Float32Array.from(values) }]);
    const mixed = interpolated(
      { helpful: set(1, 0.1, -2), harmless: set(3, 0.2, 2) },
      { helpful: 0.75, harmless: 0.25 },
    );
    const exact = Math.fround(0.75 * Math.fround(0.1) + 0.25 * Math.fround(0.2));
    assert.deepEqual([...mixed.values], [1.5, exact, -1]);
  });

  it('refuse policies that are not alike', () => {
    const weights = { helpful: 0.5, harmless: 0.5 };
    assert.throws(
      () => interpolated({ helpful: tinyReward('a'), harmless: tinyReward('b', 4) }, weights),
      RangeError,
    );
  });
});
