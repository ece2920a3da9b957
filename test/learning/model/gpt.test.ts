import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { initialAdapters } from '../../../src/learning/model/adapters.js';
import { valuesOf } from '../../../src/learning/model/backend.js';
import { packRows, packTargets } from '../../../src/learning/model/batch.js';
import { hiddenStates, type Gpt } from '../../../src/learning/model/gpt.js';
import { differentiate, lossAndGradients, withModel } from '../../../src/learning/model/gradients.js';
import { tokenLogProbs } from '../../../src/learning/model/log-probs.js';
import { initialLora, loraTensors } from '../../../src/learning/model/lora.js';
import type { ModelShape } from '../../../src/learning/model/model-shape.js';
import { setWith } from '../../../src/learning/model/roles.js';
import { noSlots, type TunedSets } from '../../../src/learning/model/slots.js';
import { baseWeights, disposeWeights, upload, withWeights } from '../../../src/learning/model/weights.js';
import { paramSet, sizeOf, tensorsOf, type ParamSet } from '../../../src/learning/params/param-set.js';
import { stream } from '../../../src/simulation/random/stream.js';
import { testBackend } from '../../backend.js';
import { referenceModel, referenceRows, referenceShape as shape } from './reference-model.js';
import { reference } from './reference.js';

const { batch, targets } = packTargets(
  referenceRows.map(({ tokens }) => tokens),
  referenceRows.map(({ firstTarget }) => firstTarget),
);

function targetLogProbs(model: Gpt): tf.Tensor1D {
  return tokenLogProbs(model, hiddenStates(model, batch, targets.at), targets.ids);
}

function loss(model: Gpt): tf.Scalar {
  return tf.neg(tf.mean(targetLogProbs(model)));
}

function logProbsOf(base: ParamSet, tuned: TunedSets): Float32Array {
  return withWeights(base, (weights) =>
    withModel(shape, weights, tuned, (model) =>
      tf.tidy(() => Float32Array.from(valuesOf(targetLogProbs(model)))),
    ),
  );
}

function assertClose(got: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 2e-5): void {
  assert.equal(got.length, expected.length);
  for (let i = 0; i < got.length; i++) {
    const difference = Math.abs(got[i]! - expected[i]!);
    assert.ok(difference <= tolerance * (1 + Math.abs(expected[i]!)), `${i}: ${got[i]}, not ${expected[i]}`);
  }
}

/** Norm of each tensor's part of a flat gradient. */
function norms(set: ParamSet, gradient: Float32Array): number[] {
  return [...tensorsOf({ ...set, values: gradient })].map(({ values }) => Math.hypot(...values));
}

function projection(gradient: readonly number[]): number {
  return gradient.reduce((sum, value, i) => sum + value * Math.cos(0.11 * i), 0);
}

/** LoRA at every site, of normal draws. */
function filledLora(shape: ModelShape): ParamSet {
  const draws = stream('filled LoRA');
  const tensors = loraTensors(shape, 12).map(({ name, shape }) => ({
    name,
    shape,
    values: Float32Array.from({ length: sizeOf(shape) }, () => 0.3 * draws.normal()),
  }));
  return paramSet('lora', tensors);
}

/** The base with alpha / r · A · B added to its projections, q, k and v to a third of c_attn's columns each. */
function merged(base: ParamSet, lora: ParamSet): ParamSet {
  const modules = new Map([...tensorsOf(lora)].map((tensor) => [tensor.name, tensor]));
  const tensors = [...tensorsOf(base)].map((tensor) => {
    const values = Float64Array.from(tensor.values);
    const [, width] = tensor.shape;
    const projection = tensor.name.replace(/\.weight$/, '');
    const places = projection.endsWith('c_attn')
      ? ['q', 'k', 'v'].map((name, i) => [projection.replace('c_attn', name), (i * width!) / 3] as const)
      : [[projection, 0] as const];
    for (const [name, column] of places) {
      const [a, b] = [modules.get(`${name}.lora_A`), modules.get(`${name}.lora_B`)];
      if (!a || !b) continue;
      const [inputs, r] = a.shape;
      const columns = b.shape[1]!;
      for (let i = 0; i < inputs!; i++)
        for (let j = 0; j < columns; j++)
          for (let k = 0; k < r!; k++)
            values[i * width! + column + j]! +=
              (shape.lora.alpha / r!) * a.values[i * r! + k]! * b.values[k * columns + j]!;
    }
    return { ...tensor, values: Float32Array.from(values) };
  });
  return paramSet('base', tensors);
}

describe('Gpt', () => {
  before(testBackend);
  const { base, adapters, lora } = referenceModel();

  it('gives the log-probabilities of PyTorch for the base, and with adapters and LoRA everywhere', () => {
    assertClose(logProbsOf(base, {}), reference.baseLogProbs);
    assertClose(logProbsOf(base, { adapters, lora }), reference.logProbs);
  });

  it('gives the gradients of PyTorch for adapters and LoRA', () => {
    const result = lossAndGradients(shape, baseWeights(base), { adapters, lora }, loss);
    const { adapters: ofAdapters, lora: ofLora } = result.gradients;
    assert.ok(Math.abs(result.loss - reference.loss) < 1e-5);
    assertClose([...norms(adapters, ofAdapters!), ...norms(lora, ofLora!)], reference.gradientNorms);
    assertClose([projection([...ofAdapters!, ...ofLora!])], [reference.gradientProjection]);
  });

  it('gives the gradients of PyTorch for every tensor of the base where that trains', () => {
    const weights = upload(base);
    const model: Gpt = { shape, base: weights, ...noSlots, trainsBase: true };
    const result = differentiate([...weights.values()], () => loss(model));
    assert.ok(Math.abs(result.loss - reference.baseLoss) < 1e-5);
    assertClose(norms(base, result.gradient), reference.baseGradientNorms);
    assertClose([projection([...result.gradient])], [reference.baseGradientProjection]);
    disposeWeights(weights);
  });

  it('gives the last hidden state of PyTorch, in the whole batch and where only that is asked for', () => {
    const model = { shape, base: baseWeights(base), ...noSlots };
    const row = packRows([referenceRows[0]!.tokens, referenceRows[1]!.tokens]);
    const last = row.ids.length - 1;
    const whole = tf.tidy(() => hiddenStates(model, row).arraySync()[last]!);
    const alone = tf.tidy(() => hiddenStates(model, row, Int32Array.of(last)).arraySync()[0]!);
    assertClose(whole, reference.baseHidden);
    assertClose(alone, reference.baseHidden);
  });

  it('computes each row of a batch as if it were alone', () => {
    const model = { shape, base: baseWeights(base), ...noSlots };
    const whole = tf.tidy(() => hiddenStates(model, batch).arraySync());
    referenceRows.forEach(({ tokens }, b) => {
      const alone = tf.tidy(() => hiddenStates(model, packRows([tokens.subarray(0, -1)])).arraySync());
      assertClose(whole.slice(batch.offsets[b], batch.offsets[b + 1]).flat(), alone.flat());
    });
  });

  it('starts from the base: new adapters and new LoRA change nothing', () => {
    const fresh = initialAdapters(shape, stream('adapters'));
    const modules = initialLora(shape, 12, stream('lora'));
    assertClose(logProbsOf(base, { adapters: fresh, lora: modules }), reference.baseLogProbs);
  });

  it('differentiates with part of the LoRA modules, and with adapters or LoRA only', () => {
    const some = initialLora(shape, 3, stream('lora'));
    const gradientsOf = (tuned: TunedSets) =>
      lossAndGradients(shape, baseWeights(base), tuned, loss).gradients;
    const both = gradientsOf({ adapters, lora: some });
    assert.equal(both['lora']!.length, some.values.length);
    assert.deepEqual(Object.keys(gradientsOf({ adapters })), ['adapters']);
    assert.deepEqual(Object.keys(gradientsOf({ lora })), ['lora']);
  });

  /** LoRA at every site, of another rank than the reference's. */
  const ofRank2 = filledLora({ ...shape, lora: { ...shape.lora, r: 2 } });

  it('adds the changes of two slots of LoRA on one projection, each scaled by alpha over its own rank', () => {
    const both = logProbsOf(base, { adapters, lora, second: ofRank2 });
    assertClose(both, logProbsOf(merged(merged(base, lora), ofRank2), { adapters }));
    assert.notDeepEqual(both, logProbsOf(base, { adapters, lora }));
  });

  it('gives two equal slots of LoRA each the gradient of A halved, and of B whole, of one with B doubled', () => {
    const gradientsOf = (tuned: TunedSets) => lossAndGradients(shape, baseWeights(base), tuned, loss);
    const doubled = paramSet(
      'lora',
      [...tensorsOf(lora)].map((tensor) =>
        tensor.name.endsWith('.lora_B')
          ? { ...tensor, values: tensor.values.map((value) => 2 * value) }
          : tensor,
      ),
    );
    const two = gradientsOf({ lora, second: lora });
    const one = gradientsOf({ lora: doubled });
    assert.ok(Math.abs(two.loss - one.loss) < 1e-5);
    const expected = [...tensorsOf({ ...lora, values: one.gradients['lora']! })].flatMap(
      ({ name, values }) => {
        const factor = name.endsWith('.lora_A') ? 0.5 : 1;
        return [...values].map((value) => factor * value);
      },
    );
    for (const part of ['lora', 'second']) assertClose(two.gradients[part]!, expected);
  });

  it('differentiates parts of a slot, by roles, as it does the whole slot', () => {
    const whole = lossAndGradients(shape, baseWeights(base), { adapters, lora }, loss);
    const parts = lossAndGradients(
      shape,
      baseWeights(base),
      {
        'adapters.down': setWith(adapters, ['down']),
        'lora.B': setWith(lora, ['B']),
        'adapters.up': setWith(adapters, ['up']),
        'lora.A': setWith(lora, ['A']),
      },
      loss,
    );
    assert.equal(parts.loss, whole.loss);
    const gradientOf = (set: ParamSet, part: string) => ({ ...set, values: whole.gradients[part]! });
    for (const [part, set, role] of [
      ['adapters', adapters, 'down'],
      ['adapters', adapters, 'up'],
      ['lora', lora, 'A'],
      ['lora', lora, 'B'],
    ] as const) {
      const expected = setWith(gradientOf(set, part), [role]).values;
      assert.deepEqual([...parts.gradients[`${part}.${role}`]!], [...expected], `${part}.${role}`);
    }
  });

  it('leaves no tensor behind', () => {
    const weights = baseWeights(base);
    const before = tf.memory().numTensors;
    lossAndGradients(shape, weights, { adapters, lora }, loss);
    logProbsOf(base, { adapters, lora });
    assert.equal(tf.memory().numTensors, before);
  });
});
