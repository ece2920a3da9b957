import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { valuesOf } from '../../../src/learning/model/backend.js';
import { packTargets } from '../../../src/learning/model/batch.js';
import { hiddenStates, type Gpt } from '../../../src/learning/model/gpt.js';
import { withModel } from '../../../src/learning/model/gradients.js';
import { inPieces, logits, tokenLogProbs } from '../../../src/learning/model/log-probs.js';
import { withWeights } from '../../../src/learning/model/weights.js';
import { testBackend } from '../../backend.js';
import { referenceModel, referenceRows, referenceShape as shape } from './reference-model.js';

const { batch, targets } = packTargets(
  referenceRows.map(({ tokens }) => tokens),
  referenceRows.map(({ firstTarget }) => firstTarget),
);
const { vocab_size: vocabulary } = shape.config;
const tokens = targets.ids.length;

function withHidden(work: (model: Gpt, hidden: tf.Tensor2D) => void): void {
  const { base, adapters, lora } = referenceModel();
  withWeights(base, (weights) =>
    withModel(shape, weights, { adapters, lora }, (model) =>
      tf.tidy(() => work(model, hiddenStates(model, batch, targets.at))),
    ),
  );
}

/** Log-probabilities, and the gradient of their sum with different weights. */
function read(model: Gpt, hidden: tf.Tensor2D, most: number) {
  const weights = tf.tensor1d(Array.from({ length: tokens }, (_, m) => Math.cos(m)));
  const { value, grad } = tf.valueAndGrad((states) =>
    tf.sum(tf.mul(tokenLogProbs(model, states as tf.Tensor2D, targets.ids, most), weights)),
  )(hidden);
  const logProbs = tokenLogProbs(model, hidden, targets.ids, most);
  return [value, grad, logProbs].map((tensor) => Float32Array.from(valuesOf(tensor)));
}

describe('log-probabilities where a vocabulary’s scores do not all fit', () => {
  before(testBackend);

  it(`are those of all ${tokens} tokens at once, and their gradient too, whatever the size of a piece`, () => {
    withHidden((model, hidden) => {
      const whole = read(model, hidden, tokens * vocabulary);
      for (const rows of [1, 2, tokens - 1]) {
        const pieces = read(model, hidden, rows * vocabulary);
        pieces.forEach((values, i) => {
          assert.equal(values.length, whole[i]!.length);
          values.forEach((value, m) =>
            assert.ok(Math.abs(value - whole[i]![m]!) <= 2e-6 * (1 + Math.abs(value))),
          );
        });
      }
    });
  });

  it('leave no tensor behind', () => {
    withHidden((model, hidden) => {
      const read = () => tf.tidy(() => void tokenLogProbs(model, hidden, targets.ids, 2 * vocabulary));
      // The first time the head's weights are turned, which is kept.
      read();
      const before = tf.memory().numTensors;
      read();
      assert.equal(tf.memory().numTensors, before);
    });
  });

  it('come piece by piece, each with as many scores as are asked for at most, and none twice', () => {
    withHidden((model, hidden) => {
      const pieces: (readonly [from: number, to: number, scores: number])[] = [];
      inPieces(
        model,
        hidden,
        ({ hidden, from, to }) => pieces.push([from, to, logits(model, hidden).size]),
        2 * vocabulary,
      );
      assert.ok(pieces.every(([from, to, scores]) => scores === (to - from) * vocabulary && to - from <= 2));
      assert.deepEqual(
        pieces.flatMap(([from, to]) => Array.from({ length: to - from }, (_, m) => from + m)),
        [...Array(tokens).keys()],
      );
    });
  });

  it('have a piece of one row where not even that has so few scores', () => {
    withHidden((model, hidden) => {
      let pieces = 0;
      inPieces(model, hidden, () => void pieces++, 1);
      assert.equal(pieces, tokens);
    });
  });
});
