import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { computed, valuesOf } from '../../src/model/backend.js';
import { packRows } from '../../src/model/batch.js';
import { initialDistilBertReward, initialHead } from '../../src/model/distilbert-reward.js';
import { firstStates, headScores } from '../../src/model/distilbert.js';
import { differentiate, scalarLoss } from '../../src/model/gradients.js';
import { loadDistilBert } from '../../src/model/load.js';
import { disposeWeights, upload } from '../../src/model/weights.js';
import { tensorsOf, type ParamSet } from '../../src/params/param-set.js';
import { readSafetensors } from '../../src/params/safetensors.js';
import { stream } from '../../src/random/stream.js';
import { preferenceLoss } from '../../src/training/preference-loss.js';
import { testBackend } from '../backend.js';
import { parityFolder } from '../golden/parity.js';

const forwardTolerance = 2e-5;
const gradientTolerance = 1e-4;
/** For gradients that are 0 by symmetry: classifier.bias cancels in a pair, k_lin.bias in the softmax. */
const zeroTolerance = 1e-6;

interface Pairs {
  readonly chosen: readonly (readonly number[])[];
  readonly rejected: readonly (readonly number[])[];
  readonly loss: number;
}

type Tensors = ReadonlyMap<string, Float32Array>;

async function goldenOf(folder: string): Promise<Pairs & { tensors: Tensors }> {
  const pairs = JSON.parse(readFileSync(join(folder, 'pairs.json'), 'utf8')) as Pairs;
  const tensors = [...(await readSafetensors(join(folder, 'pairs.safetensors'))).values()];
  return { ...pairs, tensors: new Map(tensors.map(({ name, values }) => [name, values])) };
}

/** Scores of chosen and rejected rows in turn, and the plain Bradley–Terry loss with its gradients. */
function scored(config: Awaited<ReturnType<typeof loadDistilBert>>['config'], set: ParamSet, pairs: Pairs) {
  const weights = upload(set);
  const rows = pairs.chosen.flatMap((row, pair) => [row, pairs.rejected[pair]!]);
  const forward = (some: readonly (readonly number[])[], learns: boolean) =>
    headScores(weights, firstStates({ config, weights, learns }, packRows(some)));
  try {
    const scores = computed(() => valuesOf(forward(rows, false)).slice());
    const alone = rows.map((row) => computed(() => valuesOf(forward([row], false))[0]!));
    const { loss, gradient } = differentiate([...weights.values()], () =>
      scalarLoss(forward(rows, true), bradleyTerry),
    );
    const gradients = [...tensorsOf({ ...set, values: gradient })];
    return { scores, alone, loss, gradients };
  } finally {
    disposeWeights(weights);
  }
}

function bradleyTerry(scores: Float32Array) {
  const pairs = scores.length / 2;
  const gradient = Float32Array.from(scores, (score, i) => {
    const margin = i % 2 === 0 ? score - scores[i + 1]! : scores[i - 1]! - score;
    return (i % 2 === 0 ? -1 : 1) / (1 + Math.exp(margin)) / pairs;
  });
  return { value: preferenceLoss(scores, 0).loss, gradient };
}

function largestDifference(got: ArrayLike<number>, expected: ArrayLike<number>): number {
  assert.equal(got.length, expected.length);
  return Array.from(got, (value, i) => Math.abs(value - expected[i]!)).reduce(greater, 0);
}

/** The greater of two, and NaN for good once there is one. */
function greater(most: number, next: number): number {
  return next <= most ? most : next;
}

/** Row-major [in, out] as PyTorch keeps it, [out, in]; embeddings and vectors as they are. */
function asPyTorch(name: string, shape: readonly number[], values: Float32Array): Float32Array {
  if (shape.length < 2 || name.startsWith('embeddings.')) return values;
  const [inputs, outputs] = shape as [number, number];
  return Float32Array.from(values, (_, i) => values[(i % inputs) * outputs + Math.floor(i / inputs)]!);
}

/** Largest over tensors of max |got − expected| / max |expected|; where all of it is 0, its own size. */
function gradientDifferences(gradients: ReturnType<typeof scored>['gradients'], golden: Tensors) {
  const most = { relative: 0, ofZeros: 0 };
  for (const { name, shape, values } of gradients) {
    const full = golden.get(`gradient.${name}`) ?? golden.get(`gradient.distilbert.${name}`);
    assert.ok(full, `no golden gradient of ${name}`);
    const scale = full.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
    const difference = largestDifference(asPyTorch(name, shape, values), full);
    if (scale === 0) most.ofZeros = greater(most.ofZeros, difference);
    else most.relative = greater(most.relative, difference / scale);
  }
  return most;
}

describe('DistilBERT as PyTorch computes it (test/golden/parity/make.py)', () => {
  before(testBackend);

  for (const name of readdirSync(parityFolder).filter((each) => each.startsWith('distilbert-'))) {
    it(`${name}: gives PyTorch's scores, Bradley–Terry loss and gradients of all tensors`, async () => {
      const folder = join(parityFolder, name);
      const [loaded, golden] = await Promise.all([loadDistilBert(folder), goldenOf(folder)]);
      assert.ok(loaded.head);
      const set = initialDistilBertReward(loaded, 'full', stream('unused'));
      const { scores, alone, loss, gradients } = scored(loaded.config, set, golden);
      const expected = golden.chosen.flatMap((_, pair) => [
        golden.tensors.get('scores.chosen')![pair]!,
        golden.tensors.get('scores.rejected')![pair]!,
      ]);
      const forward = {
        scores: largestDifference(scores, expected),
        alone: largestDifference(alone, expected),
        loss: Math.abs(loss - golden.loss),
      };
      const { relative, ofZeros } = gradientDifferences(gradients, golden.tensors);
      const figures = Object.entries({ ...forward, gradients: relative, ofZeros });
      const shown = figures.map(([what, most]) => `${what} ${most.toExponential(1)}`).join(', ');
      console.log(`    ${tf.getBackend()} ${name}: ${shown}`);
      assert.equal(gradients.length, golden.tensors.size - 2);
      for (const [what, most] of Object.entries(forward)) assert.ok(most <= forwardTolerance, what);
      assert.ok(relative <= gradientTolerance, 'gradients');
      assert.ok(ofZeros <= zeroTolerance, 'gradients that are 0');
    });
  }
});

describe('a new head of DistilBERT', () => {
  it('has 591361 parameters at the width of 768, normal with deviation 0.02, biases 0', () => {
    const config = {
      vocab_size: 30522,
      max_position_embeddings: 512,
      dim: 768,
      n_layers: 6,
      n_heads: 12,
      hidden_dim: 3072,
    };
    const head = initialHead(config, stream('head'));
    assert.equal(head.values.length, 591361);
    const [hidden, bias, value, valueBias] = [...tensorsOf(head)].map(({ values }) => values);
    const deviation = Math.sqrt(hidden!.reduce((sum, x) => sum + x * x, 0) / hidden!.length);
    assert.ok(Math.abs(deviation - 0.02) < 1e-4, String(deviation));
    assert.ok(value!.some((x) => x !== 0));
    assert.ok([...bias!, ...valueBias!].every((x) => x === 0));
  });
});
