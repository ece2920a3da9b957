import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { selectBackend, valuesOf, type BackendChoice } from '../../../src/learning/model/backend.js';
import { packTargets, type PredictionBatch } from '../../../src/learning/model/batch.js';
import { generate } from '../../../src/learning/model/generate.js';
import { hiddenStates, type Gpt } from '../../../src/learning/model/gpt.js';
import { differentiate, lossAndGradients, withModel } from '../../../src/learning/model/gradients.js';
import { loadModel } from '../../../src/learning/model/load.js';
import { logits, tokenLogProbs } from '../../../src/learning/model/log-probs.js';
import { noSlots } from '../../../src/learning/model/slots.js';
import { baseWeights, disposeWeights, upload } from '../../../src/learning/model/weights.js';
import { tensorsOf, type ParamSet } from '../../../src/learning/params/param-set.js';
import { stream } from '../../../src/simulation/random/stream.js';
import { responseLoss } from '../../../src/learning/training/token-loss.js';
import type { ModelShape } from '../../../src/learning/model/model-shape.js';
import { parityModels, type ParityCase } from '../../golden/parity.js';

const models = await parityModels();
const backend = askedBackend();
const forwardTolerance = 2e-5;
const gradientTolerance = 1e-4;

type Gradients = ReadonlyMap<string, Float32Array>;

function askedBackend(): BackendChoice {
  const asked = process.env['PWFF_TEST_BACKEND'] ?? 'wasm';
  if (asked === 'native' || asked === 'wasm') return asked;
  throw new Error(`PWFF_TEST_BACKEND: is "${asked}", expected "native" or "wasm"`);
}

/** Largest |got − expected|, relative to the expected number where that is above 1. */
function forwardDifference(got: ArrayLike<number>, expected: ArrayLike<number>): number {
  assert.equal(got.length, expected.length);
  let largest = 0;
  for (let i = 0; i < got.length; i++) {
    const difference = Math.abs(got[i]! - expected[i]!) / Math.max(1, Math.abs(expected[i]!));
    largest = greater(largest, difference);
  }
  return largest;
}

/** Largest over tensors of max |got − expected| / max |expected|. */
function gradientDifference(got: Gradients, expected: Gradients): number {
  assert.deepEqual([...got.keys()].sort(), [...expected.keys()].sort());
  let largest = 0;
  for (const [name, values] of expected) {
    const difference = values.reduce(
      (most, value, i) => greater(most, Math.abs(got.get(name)![i]! - value)),
      0,
    );
    const scale = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    assert.ok(scale > 0, `${name}: its golden gradient is zero`);
    largest = greater(largest, difference / scale);
  }
  return largest;
}

/** The greater of two, and NaN for good once there is one. */
function greater(most: number, next: number): number {
  return next <= most ? most : next;
}

function byName(set: ParamSet, gradient: Float32Array): [string, Float32Array][] {
  return [...tensorsOf({ ...set, values: gradient })].map(({ name, values }) => [name, values]);
}

function batchOf(golden: ParityCase): PredictionBatch {
  return packTargets(
    golden.rows.map((row) => Int32Array.from(row)),
    golden.firstTargets,
  );
}

/** Logits (M · V) and log-probabilities (M) of the targets of a batch. */
function scored(model: Gpt, { batch, targets }: PredictionBatch): [Float32Array, Float32Array] {
  let answer: [Float32Array, Float32Array] = [new Float32Array(), new Float32Array()];
  tf.tidy(() => {
    const hidden = hiddenStates(model, batch, targets.at);
    const scores = valuesOf(logits(model, hidden)).slice();
    answer = [scores, valuesOf(tokenLogProbs(model, hidden, targets.ids)).slice()];
  });
  return answer;
}

/** Each row as a batch of its own. */
function scoredAlone(model: Gpt, golden: ParityCase): [Float32Array, Float32Array] {
  const answers = golden.rows.map((row, b) =>
    scored(model, packTargets([Int32Array.from(row)], [golden.firstTargets[b]!])),
  );
  const joined = (which: 0 | 1) => Float32Array.from(answers.flatMap((answer) => [...answer[which]]));
  return [joined(0), joined(1)];
}

function trainedGradients(shape: ModelShape, base: ParamSet, golden: ParityCase) {
  const { trained } = golden;
  const batch = batchOf(golden);
  const { loss, gradients } = lossAndGradients(shape, baseWeights(base), trained, (gpt) =>
    responseLoss(gpt, batch),
  );
  assert.deepEqual(Object.keys(gradients), Object.keys(trained));
  const tensors = Object.entries(trained).flatMap(([part, set]) => byName(set, gradients[part]!));
  return { loss, gradients: new Map(tensors) };
}

/** As in pre-training: every tensor of the base trains, wte through the embedding and the tied head. */
function baseGradients(shape: ModelShape, base: ParamSet, golden: ParityCase) {
  const weights = upload(base);
  const model: Gpt = { shape, base: weights, ...noSlots, trainsBase: true };
  try {
    const result = differentiate([...weights.values()], () => responseLoss(model, batchOf(golden)));
    return { loss: result.loss, gradients: new Map(byName(base, result.gradient)) };
  } finally {
    disposeWeights(weights);
  }
}

describe(`Parity with PyTorch and transformers (test/golden/parity/make.py), ${backend}`, () => {
  before(() => selectBackend(backend));

  for (const { folder, name: modelName, cases } of models) {
    describe(`${modelName}, loaded by its path`, () => {
      let loaded: Awaited<ReturnType<typeof loadModel>>;
      before(async () => (loaded = await loadModel(folder)));
      const shapeOf = ({ adapters, lora }: ParityCase) => ({ config: loaded.config, adapters, lora });

      for (const golden of cases) {
        const trainsBase = Object.keys(golden.trained).length === 0;

        it(`${golden.name}: gives PyTorch's logits, log-probabilities, loss and gradients`, () => {
          const { base } = loaded;
          const shape = shapeOf(golden);
          const [packed, alone] = withModel(shape, baseWeights(base), golden.trained, (model) => [
            scored(model, batchOf(golden)),
            scoredAlone(model, golden),
          ]);
          const trained = (trainsBase ? baseGradients : trainedGradients)(shape, base, golden);
          const differences = {
            logits: forwardDifference(packed[0], golden.logits),
            logProbs: forwardDifference(packed[1], golden.logProbs),
            alone: Math.max(
              forwardDifference(alone[0], golden.logits),
              forwardDifference(alone[1], golden.logProbs),
            ),
            loss: forwardDifference([trained.loss], [golden.loss]),
            gradients: gradientDifference(trained.gradients, golden.gradients),
          };
          const figures = Object.entries(differences).map(
            ([what, most]) => `${what} ${most.toExponential(1)}`,
          );
          console.log(`    ${backend} ${modelName}/${golden.name}: ${figures.join(', ')}`);
          const { gradients, ...forward } = differences;
          for (const [what, most] of Object.entries(forward)) assert.ok(most <= forwardTolerance, what);
          assert.ok(gradients <= gradientTolerance, 'gradients');
        });

        if (golden.prompts.length === 0) continue;
        it(`${golden.name}: greedy responses are those of transformers' generate`, () => {
          const responses = withModel(shapeOf(golden), baseWeights(loaded.base), golden.trained, (model) =>
            generate(
              model,
              golden.prompts.map((prompt) => Int32Array.from(prompt)),
              {
                maxNewTokens: golden.maxNewTokens,
                temperature: 0,
                streams: golden.prompts.map((_, row) => stream('greedy', row)),
              },
            ),
          );
          assert.deepEqual(
            responses.map((response) => [...response]),
            golden.greedy,
          );
        });
      }
    });
  }
});
