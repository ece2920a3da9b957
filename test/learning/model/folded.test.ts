import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { computed, valuesOf } from '../../../src/learning/model/backend.js';
import { packRows } from '../../../src/learning/model/batch.js';
import { densesOf } from '../../../src/learning/model/changes.js';
import { foldedTensors } from '../../../src/learning/model/folded.js';
import { hiddenStates } from '../../../src/learning/model/gpt.js';
import { withModel } from '../../../src/learning/model/gradients.js';
import type { TunedSets } from '../../../src/learning/model/slots.js';
import { baseWeights } from '../../../src/learning/model/weights.js';
import { drawnSet, paramSet, tensorsOf, type ParamSet } from '../../../src/learning/params/param-set.js';
import { stream } from '../../../src/simulation/random/stream.js';
import { testBackend } from '../../backend.js';
import { tinyBase, tinyLora, tinyShape } from '../training/tiny-model.js';

/** LoRA at q, k and v, of rank 2, whose B is not zero. */
function lora(): ParamSet {
  const draws = stream('changes');
  const { tensors } = tinyLora();
  return drawnSet('lora', tensors, () => () => 0.2 * draws.normal());
}

/** The same as a change of the base: its A has 1 / r. */
function asChange(set: ParamSet): ParamSet {
  const scaled = [...tensorsOf(set)].map(({ name, shape, values }) => ({
    name,
    shape,
    values: name.endsWith('.lora_A') ? values.map((value) => value / tinyShape.lora.r) : values,
  }));
  return paramSet('change', scaled);
}

const dense = (change: ParamSet): ParamSet =>
  paramSet(
    'change',
    densesOf(change).map(({ name, values }) => ({ name: `${name}.change`, shape: [16, 16], values })),
  );

describe('changes of the base model', () => {
  before(testBackend);

  const hidden = (tuned: TunedSets): number[] =>
    withModel(tinyShape, baseWeights(tinyBase()), tuned, (model) =>
      computed(() => [...valuesOf(hiddenStates(model, packRows([[3, 1, 4, 1, 5]])))]),
    );

  function near(found: readonly number[], expected: readonly number[]) {
    const off = Math.max(...found.map((value, i) => Math.abs(value - expected[i]!)));
    assert.ok(off < 2e-5, `off by ${off}`);
  }

  it('are what LoRA of the same product is, as factors and as they are', () => {
    const [own, plain] = [hidden({ lora: lora() }), hidden({})];
    assert.ok(Math.max(...own.map((value, i) => Math.abs(value - plain[i]!))) > 0.1, 'the change is seen');
    const change = asChange(lora());
    near(hidden({ 'lora.change-1': change }), own);
    near(hidden({ 'lora.change-1': dense(change) }), own);
  });

  it('add up, beside LoRA', () => {
    const half = paramSet(
      'change',
      [...tensorsOf(asChange(lora()))].map(({ name, shape, values }) => ({
        name,
        shape,
        values: name.endsWith('.lora_A') ? values.map((value) => value / 2) : values,
      })),
    );
    near(hidden({ 'lora.change-1': half, 'lora.change-2': half }), hidden({ lora: lora() }));
    near(
      hidden({ lora: tinyLora(), 'lora.change-1': half, 'lora.change-2': half }),
      hidden({ lora: lora() }),
    );
  });

  it('stay on the backend for two models at most', () => {
    const change = asChange(lora());
    const before = tf.memory().numTensors - foldedTensors();
    for (const name of ['1', '2', '3']) {
      const other = paramSet(
        'change',
        [...tensorsOf(change)].map((tensor) => ({
          ...tensor,
          values: tensor.values.map((value) => value * Number(name)),
        })),
      );
      hidden({ 'lora.change-1': other });
    }
    assert.equal(foldedTensors(), 2, 'one projection each');
    assert.equal(tf.memory().numTensors - foldedTensors(), before);
  });
});
