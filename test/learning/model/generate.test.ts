import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { computed, valuesOf } from '../../../src/learning/model/backend.js';
import { packRows } from '../../../src/learning/model/batch.js';
import { generate } from '../../../src/learning/model/generate.js';
import { hiddenStates, type Gpt } from '../../../src/learning/model/gpt.js';
import { logits } from '../../../src/learning/model/log-probs.js';
import { baseWeights, disposeWeights, upload, type Weights } from '../../../src/learning/model/weights.js';
import { stream } from '../../../src/simulation/random/stream.js';
import { testBackend } from '../../backend.js';
import { referenceModel, referenceShape } from './reference-model.js';

const prompts = [Int32Array.of(3, 1, 4), Int32Array.of(2), Int32Array.of(9, 9, 0, 5, 1)];
const greedy = { maxNewTokens: 6, temperature: 0, streams: prompts.map((_, i) => stream('unused', i)) };

describe('generate', () => {
  let model: Gpt;
  let tuned: readonly Weights[];

  before(async () => {
    await testBackend();
    const { base, adapters, lora } = referenceModel();
    const never = { ...referenceShape, config: { ...referenceShape.config, eos_token_id: -1 } };
    tuned = [adapters, lora].map(upload);
    const [ofAdapters, ofLora] = tuned.map((weights) => [{ weights, share: 1 }]);
    model = { shape: never, base: baseWeights(base), adapters: ofAdapters!, lora: ofLora! };
  });
  after(() => tuned.forEach(disposeWeights));

  /** Scores of the next token by a whole forward pass, without a cache and without merged LoRA. */
  function scoresAfter(tokens: readonly number[]): Float32Array {
    const last = Int32Array.of(tokens.length - 1);
    return computed(() => valuesOf(logits(model, hiddenStates(model, packRows([tokens]), last))).slice());
  }

  it('takes, at temperature 0, the token that a forward pass over the whole text finds likeliest', () => {
    generate(model, prompts, greedy).forEach((response, i) => {
      const text = [...prompts[i]!];
      for (const token of response) {
        const scores = scoresAfter(text);
        assert.equal(token, scores.indexOf(Math.max(...scores)));
        text.push(token);
      }
      assert.equal(response.length, greedy.maxNewTokens);
    });
  });

  it('does so with two slots of LoRA, each of which counts by its share', () => {
    const [one] = model.lora;
    const two = [
      { ...one!, share: 2 },
      { ...one!, share: -3 },
    ];
    const of = (lora: Gpt['lora']) => generate({ ...model, lora }, prompts, greedy);
    assert.deepEqual(of(two), of([{ ...one!, share: -1 }]));
    assert.notDeepEqual(of(two), generate(model, prompts, greedy));
  });

  it('answers a prompt alike alone and among others', () => {
    const options = (rows: number[]) => ({
      maxNewTokens: 6,
      temperature: 1,
      streams: rows.map((row) => stream('sample', row)),
    });
    const together = generate(model, prompts, options([0, 1, 2]));
    prompts.forEach((prompt, row) => {
      assert.deepEqual(generate(model, [prompt], options([row]))[0], together[row]);
    });
  });

  it('samples the first token as softmax(scores / temperature) says, within four standard errors', () => {
    const draws = 2000;
    const rows = Array.from({ length: draws }, () => prompts[0]!);
    const streams = rows.map((_, row) => stream('frequencies', row));
    const temperature = 0.7;
    const counts = new Float64Array(referenceShape.config.vocab_size);
    for (const [token] of generate(model, rows, { maxNewTokens: 1, temperature, streams })) counts[token!]!++;
    const shares = [...scoresAfter([...prompts[0]!])].map((score) => Math.exp(score / temperature));
    const total = shares.reduce((sum, share) => sum + share, 0);
    shares.forEach((share, token) => {
      const expected = share / total;
      const error = Math.sqrt((expected * (1 - expected)) / draws);
      assert.ok(Math.abs(counts[token]! / draws - expected) <= 4 * error, `token ${token}`);
    });
  });

  it('ends with end-of-text where the model says so, and goes on with the other rows', () => {
    const free = generate(model, prompts, greedy);
    const eos = free[0]![0]!;
    const config = { ...referenceShape.config, eos_token_id: eos };
    const ended = generate({ ...model, shape: { ...referenceShape, config } }, prompts, greedy);
    free.forEach((response, i) => {
      const end = response.indexOf(eos);
      assert.deepEqual(ended[i], end < 0 ? response : response.subarray(0, end + 1));
    });
  });

  it("ends where the model's positions end", () => {
    const long = Int32Array.from({ length: 14 }, (_, i) => i % 5);
    const full = Int32Array.from({ length: 16 }, (_, i) => i % 5);
    const responses = generate(model, [long, full], { ...greedy, maxNewTokens: 9 });
    assert.deepEqual(
      responses.map(({ length }) => length),
      [2, 0],
    );
  });

  it('leaves no tensor behind', () => {
    const before = tf.memory().numTensors;
    generate(model, prompts, greedy);
    assert.equal(tf.memory().numTensors, before);
  });
});
