import assert from 'node:assert/strict';
import { paramSet, type ParamKind } from '../../../src/learning/params/param-set.js';
import { Optimizers } from '../../../src/learning/training/optimizers.js';
import { policyOptimizer } from '../../../src/learning/training/policy-optimizer.js';
import { assertNear } from './ppo/reference.js';

const set = (kind: ParamKind, ...values: number[]) =>
  paramSet(kind, [{ name: kind, shape: [values.length], values: Float32Array.from(values) }]);
const options = { learningRate: 0.1, loraLearningRateScale: 5, maxGradientNorm: 1 };

describe('the optimizer of a policy', () => {
  it('first moves adapters by their learning rate, and LoRA by as many times more', () => {
    const trained = { adapters: set('adapters', 1, 1), lora: set('lora', 1) };
    policyOptimizer(trained, options)({ adapters: Float32Array.of(3, -3), lora: Float32Array.of(8) });
    assertNear(trained.adapters.values, [0.9, 1.1], 1e-6);
    assertNear(trained.lora.values, [0.5], 1e-6);
  });

  it('shrinks what it tunes by learning rate times weight decay of itself, where the gradient is 0', () => {
    for (const optimizer of ['adam', 'sgd'] as const) {
      const trained = { adapters: set('adapters', 2), lora: set('lora', 2) };
      const decaying = { ...options, optimizer, weightDecay: 0.5 };
      policyOptimizer(trained, decaying)({ adapters: Float32Array.of(0), lora: Float32Array.of(0) });
      assertNear(trained.adapters.values, [2 * (1 - 0.1 * 0.5)], 1e-6);
      assertNear(trained.lora.values, [2 * (1 - 0.5 * 0.5)], 1e-6);
    }
  });

  it('clips both gradients by their joint norm: (3, 4) and (12), of norm 13, to norm 1', () => {
    const gradients = { adapters: Float32Array.of(3, 4), lora: Float32Array.of(12) };
    policyOptimizer({ adapters: set('adapters', 0, 0), lora: set('lora', 0) }, options)(gradients);
    assertNear([...gradients.adapters, ...gradients.lora], [3 / 13, 4 / 13, 12 / 13], 1e-6);
  });

  it('keeps its moments: a second gradient of 0 still moves by Adam’s 0.9 / 1.9 over √(0.999 / 1.999)', () => {
    const trained = { adapters: set('adapters', 1) };
    const step = policyOptimizer(trained, options);
    for (const gradient of [1, 0]) step({ adapters: Float32Array.of(gradient) });
    assertNear(trained.adapters.values, [0.9 - (0.1 * (0.9 / 1.9)) / Math.sqrt(0.999 / 1.999)], 1e-6);
  });

  it('goes on where the one before left off, for the parts that are kept, and anew for the others', () => {
    const trained = { adapters: set('adapters', 1), lora: set('lora', 1) };
    const kept = { parts: ['lora'] as const, notes: {} };
    const before = new Optimizers(kept);
    policyOptimizer(trained, options, before)({ adapters: Float32Array.of(0.5), lora: Float32Array.of(0.5) });
    const { sets, notes } = before.left.optimizers!;
    assert.deepEqual(Object.keys(sets), ['lora.first', 'lora.second']);
    assert.deepEqual(notes, { lora: 1 });
    const after = new Optimizers({ ...kept, notes }, sets);
    policyOptimizer(trained, options, after)({ adapters: Float32Array.of(0), lora: Float32Array.of(0) });
    // A second gradient of 0 moves by 0.9 / 1.9 over √(0.999 / 1.999); a first one by nothing.
    assertNear(trained.adapters.values, [0.9], 1e-6);
    assertNear(trained.lora.values, [0.5 - (0.5 * (0.9 / 1.9)) / Math.sqrt(0.999 / 1.999)], 1e-6);
    assert.deepEqual(after.left.optimizers!.notes, { lora: 2 });
    assert.deepEqual(new Optimizers().left, {});
  });

  it('leaves out what a method does not train', () => {
    const trained = { lora: set('lora', 1) };
    policyOptimizer(trained, options)({ lora: Float32Array.of(1) });
    assertNear(trained.lora.values, [0.5], 1e-6);
  });
});
