import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { computed, valuesOf } from '../../src/learning/model/backend.js';
import { packRows, type Batch } from '../../src/learning/model/batch.js';
import { differentiate, scalarLoss } from '../../src/learning/model/gradients.js';
import { disposeWeights, upload, type Weights } from '../../src/learning/model/weights.js';
import { tensorsOf, type ParamSet } from '../../src/learning/params/param-set.js';
import { readSafetensors } from './read-safetensors.js';
import { preferenceLoss } from '../../src/learning/training/preference-loss.js';

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

/** A whole reward model as pwff computes it. */
export interface PairsModel {
  readonly set: ParamSet;
  /** Scores (B); gradients for all weights where it `learns`. */
  scores(weights: Weights, batch: Batch, learns: boolean): tf.Tensor1D;
  /** Name of a tensor in PyTorch. */
  nameOf(name: string): string;
  /** Row-major values of a gradient in the order in which PyTorch keeps them. */
  asPyTorch(name: string, shape: readonly number[], values: Float32Array): Float32Array;
}

/**
 * Holds scores, plain Bradley–Terry loss and gradients of all tensors to pairs.json and pairs.safetensors of
 * a folder, and prints the largest differences.
 */
export async function assertPairs(folder: string, name: string, model: PairsModel): Promise<void> {
  const golden = await goldenOf(folder);
  const { scores, alone, loss, gradients } = scored(model, golden);
  const expected = golden.chosen.flatMap((_, pair) => [
    golden.tensors.get('scores.chosen')![pair]!,
    golden.tensors.get('scores.rejected')![pair]!,
  ]);
  const forward = {
    scores: largestDifference(scores, expected),
    alone: largestDifference(alone, expected),
    loss: Math.abs(loss - golden.loss),
  };
  const { relative, ofZeros } = gradientDifferences(model, gradients, golden.tensors);
  const figures = Object.entries({ ...forward, gradients: relative, ofZeros });
  const shown = figures.map(([what, most]) => `${what} ${most.toExponential(1)}`).join(', ');
  console.log(`    ${tf.getBackend()} ${name}: ${shown}`);
  assert.equal(gradients.length, golden.tensors.size - 2);
  for (const [what, most] of Object.entries(forward)) assert.ok(most <= forwardTolerance, what);
  assert.ok(relative <= gradientTolerance, 'gradients');
  assert.ok(ofZeros <= zeroTolerance, 'gradients that are 0');
}

async function goldenOf(folder: string): Promise<Pairs & { tensors: Tensors }> {
  const pairs = JSON.parse(readFileSync(join(folder, 'pairs.json'), 'utf8')) as Pairs;
  const tensors = [...(await readSafetensors(join(folder, 'pairs.safetensors'))).values()];
  return { ...pairs, tensors: new Map(tensors.map(({ name, values }) => [name, values])) };
}

/** Scores of chosen and rejected rows in turn, and the plain Bradley–Terry loss with its gradients. */
function scored(model: PairsModel, pairs: Pairs) {
  const weights = upload(model.set);
  const rows = pairs.chosen.flatMap((row, pair) => [row, pairs.rejected[pair]!]);
  const forward = (some: readonly (readonly number[])[], learns: boolean) =>
    model.scores(weights, packRows(some), learns);
  try {
    const scores = computed(() => valuesOf(forward(rows, false)).slice());
    const alone = rows.map((row) => computed(() => valuesOf(forward([row], false))[0]!));
    const { loss, gradient } = differentiate([...weights.values()], () =>
      scalarLoss(forward(rows, true), bradleyTerry),
    );
    const gradients = [...tensorsOf({ ...model.set, values: gradient })];
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

/** Largest over tensors of max |got − expected| / max |expected|; where all of it is 0, its own size. */
function gradientDifferences(
  model: PairsModel,
  gradients: ReturnType<typeof scored>['gradients'],
  golden: Tensors,
) {
  const most = { relative: 0, ofZeros: 0 };
  for (const { name, shape, values } of gradients) {
    const full = golden.get(`gradient.${model.nameOf(name)}`);
    assert.ok(full, `no golden gradient of ${name}`);
    const scale = full.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
    const difference = largestDifference(model.asPyTorch(name, shape, values), full);
    if (scale === 0) most.ofZeros = greater(most.ofZeros, difference);
    else most.relative = greater(most.relative, difference / scale);
  }
  return most;
}
