import assert from 'node:assert/strict';
import { inPasses, readAtOnce, trainedAtOnce } from '../../../src/learning/model/passes.js';
import { baseWeights } from '../../../src/learning/model/weights.js';
import { responsePasses } from '../../../src/learning/training/batches.js';
import { responseGradients } from '../../../src/learning/training/token-loss.js';
import { testBackend } from '../../backend.js';
import { referenceModel, referenceShape as shape } from '../model/reference-model.js';
import { tableOf } from './tables.js';

const table = tableOf([
  { tokens: [9, 1, 2, 9, 2, 1, 10], response: 4 },
  { tokens: [9, 3, 9, 3, 10], response: 3 },
  { tokens: [9, 4, 5, 6, 9, 6, 5, 4, 10], response: 5 },
]);

describe('the loss of a batch that is too large for one pass', () => {
  before(testBackend);

  const { base, adapters, lora } = referenceModel();
  const tuned = { adapters, lora };
  const withTokens = (tokens: number) => {
    const work = { shape, base: baseWeights(base), tuned, trains: ['adapters', 'lora'] };
    const passes = responsePasses(table, [0, 1, 2], tokens);
    return { passes, ...responseGradients(work, passes) };
  };

  it('is the mean over all its tokens, however they are parted, and so is its gradient', () => {
    const whole = withTokens(100);
    assert.equal(whole.passes.length, 1);
    for (const [tokens, passes] of [
      [12, 2],
      [9, 3],
    ] as const) {
      const parted = withTokens(tokens);
      assert.equal(parted.passes.length, passes);
      assert.ok(Math.abs(parted.loss - whole.loss) < 1e-6, `${parted.loss}, not ${whole.loss}`);
      for (const [part, gradient] of Object.entries(parted.gradients)) {
        const expected = whole.gradients[part]!;
        const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
        gradient.forEach((value, i) => {
          const off = Math.abs(value - expected[i]!) / largest;
          assert.ok(off < 1e-5, `${part} ${i} is off by ${off} of the largest`);
        });
      }
    }
  });
});

describe('passes', () => {
  it('have consecutive items of as many tokens and rows as are allowed, and at least one', () => {
    const parts = (tokens: number, rows?: number) =>
      inPasses([3, 3, 5, 9, 1, 1], (item) => item, { tokens, ...(rows && { rows }) });
    assert.deepEqual(parts(6), [[3, 3], [5], [9], [1, 1]]);
    assert.deepEqual(parts(100, 4), [
      [3, 3, 5, 9],
      [1, 1],
    ]);
  });

  it('hold every batch of the embedded model whole, and a few rows of GPT-2 small', () => {
    const embedded = { ...shape.config, n_layer: 3, n_embd: 96 };
    const gpt2 = { ...shape.config, n_layer: 12, n_embd: 768 };
    assert.deepEqual([trainedAtOnce(embedded), readAtOnce(embedded)], [14_563, 29_126]);
    assert.deepEqual([trainedAtOnce(gpt2), readAtOnce(gpt2)], [455, 910]);
  });
});
