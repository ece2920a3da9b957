import assert from 'node:assert/strict';
import type * as tf from '@tensorflow/tfjs';
import { computed, valuesOf } from '../../../../src/learning/model/backend.js';
import { packTargets } from '../../../../src/learning/model/batch.js';
import { generate } from '../../../../src/learning/model/generate.js';
import { hiddenStates, type Gpt } from '../../../../src/learning/model/gpt.js';
import { lossAndGradients, withModel } from '../../../../src/learning/model/gradients.js';
import { logits, tokenLogProbs } from '../../../../src/learning/model/log-probs.js';
import type { Mixture } from '../../../../src/learning/model/mixture.js';
import { PythonBase } from '../../../../src/learning/model/python/base.js';
import { memoryWords } from '../../../../src/learning/model/python/process.js';
import { leavePython, usePython } from '../../../../src/learning/model/python/session.js';
import { readStates } from '../../../../src/learning/model/read-states.js';
import { disposeWeights, upload, type Weights } from '../../../../src/learning/model/weights.js';
import { responseLoss } from '../../../../src/learning/training/token-loss.js';
import { stream } from '../../../../src/simulation/random/stream.js';
import { testBackend } from '../../../backend.js';
import { randomAdapters, randomBase, randomLora, shape } from '../../interchange/random-gpt2.js';
import { needsPython } from '../../../python.js';

/** Rows of several lengths, two of which begin alike. */
const rows = [
  [3, 1, 4, 1, 5, 9, 2, 6],
  [3, 1, 4, 27, 18, 28, 18, 2, 8, 45, 9],
  [7, 7],
].map((row) => Int32Array.from(row));
const { batch, targets } = packTargets(rows, [3, 4, 1]);

/** Two slots of each kind, of different shares, at all sites. */
const tuned = {
  adapters: randomAdapters(),
  beside: randomAdapters(['mlp', 'parallel']),
  lora: randomLora(),
  some: randomLora((name) => /attn\.[kv]$|c_fc$/.test(name)),
};
const mixture: Mixture = {
  adapters: { share: 1 },
  beside: { share: 0.5 },
  lora: { share: 1 },
  some: { share: 0.25 },
};
const mixed = { ...shape, mixture };

describe('a GPT-2 in Python', function () {
  this.timeout(300_000);
  let ours: Weights;
  let theirs: Weights;

  before(async function () {
    const python = needsPython(this);
    await testBackend();
    const base = randomBase();
    ours = upload(base);
    usePython(python);
    theirs = new PythonBase(base);
  });

  after(async () => {
    if (ours) disposeWeights(ours);
    await leavePython();
  });

  /** What `work` makes of the model that TensorFlow.js computes and of the one that PyTorch does. */
  const both = (work: (model: Gpt) => tf.Tensor): readonly [Float32Array, Float32Array] => {
    const of = (base: Weights) =>
      withModel(mixed, base, tuned, (model) => computed(() => valuesOf(work(model)).slice()));
    return [of(ours), of(theirs)];
  };

  const passes: Readonly<Record<string, (model: Gpt) => tf.Tensor>> = {
    'hidden states of some tokens': (model) => hiddenStates(model, batch, targets.at),
    'hidden states of all tokens': (model) => hiddenStates(model, batch),
    'hidden states outside of training': (model) => readStates(model, batch, targets.at),
    'scores of every token': (model) => logits(model, hiddenStates(model, batch, targets.at)),
    'log-probabilities': (model) => tokenLogProbs(model, hiddenStates(model, batch, targets.at), targets.ids),
  };
  for (const [name, pass] of Object.entries(passes)) {
    it(`has the ${name} of TensorFlow.js`, () => {
      assert.ok(differenceOf(...both(pass)) < 1e-5);
    });
  }

  it('has its loss within 1e-5, and its gradients within 1e-4 of the greatest of their part', () => {
    const of = (base: Weights) =>
      lossAndGradients(mixed, base, tuned, (model) => responseLoss(model, { batch, targets }));
    const [expected, got] = [of(ours), of(theirs)];
    const off = Math.abs(got.loss - expected.loss);
    assert.ok(off < 1e-5, `${got.loss}, ${expected.loss}`);
    console.log(`      loss within ${off.toExponential(1)}`);
    assert.deepEqual(Object.keys(got.gradients), Object.keys(tuned));
    for (const [part, gradient] of Object.entries(expected.gradients)) {
      assert.ok(gradient.some((value) => Math.abs(value) > 1e-3));
      const off = differenceOf(gradient, got.gradients[part]!);
      console.log(`      gradient of ${part} within ${off.toExponential(1)}`);
      assert.ok(off < 1e-4, part);
    }
  });

  it('has the gradients of a step in several passes, one after the other', () => {
    const of = (base: Weights) =>
      [rows.slice(0, 1), rows.slice(1)].map((some) => {
        const pass = packTargets(some, [3, 1]);
        return lossAndGradients(mixed, base, tuned, (model) => responseLoss(model, pass), ['lora']);
      });
    const [expected, got] = [of(ours), of(theirs)];
    expected.forEach(({ gradients }, i) => {
      assert.ok(differenceOf(gradients['lora']!, got[i]!.gradients['lora']!) < 1e-4);
    });
  });

  it('samples the responses that TensorFlow.js samples, however long prompts and rooms are', () => {
    for (const temperature of [1, 0.7, 0]) {
      const of = (base: Weights) =>
        withModel(mixed, base, tuned, (model) =>
          generate(model, [...rows, new Int32Array(16).fill(2)], {
            temperature,
            maxNewTokens: 12,
            streams: [0, 1, 2, 3].map((row) => stream('sampling', row)),
          }),
        );
      const [expected, got] = [of(ours), of(theirs)];
      assert.deepEqual(got, expected);
      assert.ok(expected.some(({ length }) => length > 3));
    }
  });

  it('keeps what is tuned from one model out of the next', () => {
    const bare = (base: Weights) =>
      withModel(shape, base, {}, (model) => computed(() => valuesOf(hiddenStates(model, batch)).slice()));
    both((model) => hiddenStates(model, batch));
    assert.ok(differenceOf(bare(ours), bare(theirs)) < 1e-5);
  });

  it('says in which words memory is out, by which an executor knows it', () => {
    const config = { ...shape.config, vocab_size: 2 ** 42 };
    const huge = new PythonBase({ ...randomBase(), hash: 'huge' });
    const run = () =>
      withModel({ ...shape, config }, huge, {}, (model) =>
        computed(() => valuesOf(hiddenStates(model, batch))),
      );
    assert.throws(run, (error: Error) => error.message.startsWith(memoryWords));
  });

  it('passes on what goes wrong in Python, and answers the next request', () => {
    const bad = { ...shape, config: { ...shape.config, n_head: 5 } };
    const other = new PythonBase({ ...randomBase(), hash: 'other' });
    const run = () =>
      withModel(bad, other, {}, (model) => computed(() => valuesOf(hiddenStates(model, batch))));
    assert.throws(run, /embed_dim.*num_heads|divisible/);
    assert.ok(differenceOf(...both((model) => hiddenStates(model, batch))) < 1e-5);
  });
});

/** The largest difference, of the largest number. */
function differenceOf(expected: Float32Array, got: Float32Array): number {
  assert.equal(got.length, expected.length);
  const scale = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return expected.reduce((most, value, i) => Math.max(most, Math.abs(value - got[i]!)), 0) / scale;
}
