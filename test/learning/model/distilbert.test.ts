import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { distilBertHeadTensors } from '../../../src/learning/model/distilbert-config.js';
import { firstStates, headScores } from '../../../src/learning/model/distilbert.js';
import { loadDistilBert } from '../../../src/learning/model/load.js';
import { initialHead, initialPretrainedReward } from '../../../src/learning/model/pretrained-reward.js';
import { tensorsOf } from '../../../src/learning/params/param-set.js';
import { stream } from '../../../src/simulation/random/stream.js';
import { testBackend } from '../../backend.js';
import { assertPairs } from '../../golden/pairs.js';
import { parityFolder } from '../../golden/parity.js';

/** Row-major [in, out] as PyTorch keeps it, [out, in]; embeddings and vectors as they are. */
function asPyTorch(name: string, shape: readonly number[], values: Float32Array): Float32Array {
  if (shape.length < 2 || name.startsWith('embeddings.')) return values;
  const [inputs, outputs] = shape as [number, number];
  return Float32Array.from(values, (_, i) => values[(i % inputs) * outputs + Math.floor(i / inputs)]!);
}

describe('DistilBERT as PyTorch computes it (test/golden/parity/make.py)', () => {
  before(testBackend);

  for (const name of readdirSync(parityFolder).filter((each) => each.startsWith('distilbert-'))) {
    it(`${name}: gives PyTorch's scores, Bradley–Terry loss and gradients of all tensors`, async () => {
      const folder = join(parityFolder, name);
      const { config, ...loaded } = await loadDistilBert(folder);
      assert.ok(loaded.head);
      await assertPairs(folder, name, {
        set: initialPretrainedReward(loaded, 'full', stream('unused')),
        scores: (weights, batch, learns) =>
          headScores(weights, firstStates({ config, weights, learns }, batch)),
        nameOf: (tensor) => (/^(pre_)?classifier\./.test(tensor) ? tensor : `distilbert.${tensor}`),
        asPyTorch,
      });
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
    const head = initialHead(distilBertHeadTensors(config), stream('head'));
    assert.equal(head.values.length, 591361);
    const [hidden, bias, value, valueBias] = [...tensorsOf(head)].map(({ values }) => values);
    const deviation = Math.sqrt(hidden!.reduce((sum, x) => sum + x * x, 0) / hidden!.length);
    assert.ok(Math.abs(deviation - 0.02) < 1e-4, String(deviation));
    assert.ok(value!.some((x) => x !== 0));
    assert.ok([...bias!, ...valueBias!].every((x) => x === 0));
  });
});
