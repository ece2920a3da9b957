import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { initialAdapters } from '../../../src/learning/model/adapters.js';
import { valuesOf } from '../../../src/learning/model/backend.js';
import { packRows, packTargets } from '../../../src/learning/model/batch.js';
import { hiddenStates, type Gpt } from '../../../src/learning/model/gpt.js';
import { differentiate, lossAndGradients } from '../../../src/learning/model/gradients.js';
import { tokenLogProbs } from '../../../src/learning/model/log-probs.js';
import { initialLora } from '../../../src/learning/model/lora.js';
import { baseWeights, disposeWeights, upload, type Weights } from '../../../src/learning/model/weights.js';
import { tensorsOf, type ParamSet } from '../../../src/learning/params/param-set.js';
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

function logProbsOf(base: ParamSet, adapters: ParamSet | null, lora: ParamSet | null): Float32Array {
  const sets = [base, adapters, lora].map((set) => set && upload(set)) as [Weights, Weights, Weights];
  const model = { shape, base: sets[0], adapters: sets[1], lora: sets[2] };
  const values = tf.tidy(() => Float32Array.from(valuesOf(targetLogProbs(model))));
  sets.forEach(disposeWeights);
  return values;
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

describe('Gpt', () => {
  before(testBackend);
  const { base, adapters, lora } = referenceModel();

  it('gives the log-probabilities of PyTorch for the base, and with adapters and LoRA everywhere', () => {
    assertClose(logProbsOf(base, null, null), reference.baseLogProbs);
    assertClose(logProbsOf(base, adapters, lora), reference.logProbs);
  });

  it('gives the gradients of PyTorch for adapters and LoRA', () => {
    const result = lossAndGradients(shape, baseWeights(base), { adapters, lora }, loss);
    assert.ok(Math.abs(result.loss - reference.loss) < 1e-5);
    assertClose(
      [...norms(adapters, result.adapters!), ...norms(lora, result.lora!)],
      reference.gradientNorms,
    );
    assertClose([projection([...result.adapters!, ...result.lora!])], [reference.gradientProjection]);
  });

  it('gives the gradients of PyTorch for every tensor of the base where that trains', () => {
    const weights = upload(base);
    const model: Gpt = { shape, base: weights, adapters: null, lora: null, trainsBase: true };
    const result = differentiate([...weights.values()], () => loss(model));
    assert.ok(Math.abs(result.loss - reference.baseLoss) < 1e-5);
    assertClose(norms(base, result.gradient), reference.baseGradientNorms);
    assertClose([projection([...result.gradient])], [reference.baseGradientProjection]);
    disposeWeights(weights);
  });

  it('gives the last hidden state of PyTorch, in the whole batch and where only that is asked for', () => {
    const model = { shape, base: baseWeights(base), adapters: null, lora: null };
    const row = packRows([referenceRows[0]!.tokens, referenceRows[1]!.tokens]);
    const last = row.ids.length - 1;
    const whole = tf.tidy(() => hiddenStates(model, row).arraySync()[last]!);
    const alone = tf.tidy(() => hiddenStates(model, row, Int32Array.of(last)).arraySync()[0]!);
    assertClose(whole, reference.baseHidden);
    assertClose(alone, reference.baseHidden);
  });

  it('computes each row of a batch as if it were alone', () => {
    const model = { shape, base: baseWeights(base), adapters: null, lora: null };
    const whole = tf.tidy(() => hiddenStates(model, batch).arraySync());
    referenceRows.forEach(({ tokens }, b) => {
      const alone = tf.tidy(() => hiddenStates(model, packRows([tokens.subarray(0, -1)])).arraySync());
      assertClose(whole.slice(batch.offsets[b], batch.offsets[b + 1]).flat(), alone.flat());
    });
  });

  it('starts from the base: new adapters and new LoRA change nothing', () => {
    const fresh = initialAdapters(shape, stream('adapters'));
    const modules = initialLora(shape, 12, stream('lora'));
    assertClose(logProbsOf(base, fresh, modules), reference.baseLogProbs);
  });

  it('differentiates with part of the LoRA modules, and with adapters or LoRA only', () => {
    const some = initialLora(shape, 3, stream('lora'));
    const both = lossAndGradients(shape, baseWeights(base), { adapters, lora: some }, loss);
    assert.equal(both.lora!.length, some.values.length);
    assert.equal(lossAndGradients(shape, baseWeights(base), { adapters, lora: null }, loss).lora, null);
    assert.equal(lossAndGradients(shape, baseWeights(base), { adapters: null, lora }, loss).adapters, null);
  });

  it('leaves no tensor behind', () => {
    const weights = baseWeights(base);
    const before = tf.memory().numTensors;
    lossAndGradients(shape, weights, { adapters, lora }, loss);
    logProbsOf(base, adapters, lora);
    assert.equal(tf.memory().numTensors, before);
  });
});
