import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Gpt } from '../../../src/learning/model/gpt.js';
import { lastStates, scoreCritic, scoreHead, scoreTensors } from '../../../src/learning/model/gpt-reward.js';
import { readHead } from '../../../src/learning/model/head.js';
import { loadGptReward, loadModel } from '../../../src/learning/model/load.js';
import { initialHead, initialPretrainedReward } from '../../../src/learning/model/pretrained-reward.js';
import { noSlots } from '../../../src/learning/model/slots.js';
import type { Weights } from '../../../src/learning/model/weights.js';
import { paramSet, tensorsOf } from '../../../src/learning/params/param-set.js';
import { stream } from '../../../src/simulation/random/stream.js';
import { testBackend } from '../../backend.js';
import { assertPairs } from '../../golden/pairs.js';
import { parityFolder } from '../../golden/parity.js';
import { assertNear } from '../training/ppo/reference.js';
import { tinyShape } from '../training/tiny-model.js';

describe('GPT2ForSequenceClassification as PyTorch computes it (test/golden/parity/make.py)', () => {
  before(testBackend);

  for (const name of readdirSync(parityFolder).filter((each) => each.startsWith('reward-gpt2-'))) {
    it(`${name}: gives PyTorch's scores, Bradley–Terry loss and gradients of all tensors`, async () => {
      const folder = join(parityFolder, name);
      const { config, ...loaded } = await loadGptReward(folder);
      assert.ok(loaded.head);
      const gpt = (base: Weights, trainsBase: boolean): Gpt => ({
        shape: { ...tinyShape, config },
        base,
        ...noSlots,
        trainsBase,
      });
      await assertPairs(folder, name, {
        set: initialPretrainedReward(loaded, 'full', stream('unused')),
        scores: (weights, batch, learns) =>
          scoreHead.values(weights, lastStates(gpt(weights, learns), batch)),
        nameOf: (tensor) => (tensor.startsWith('score.') ? tensor : `transformer.${tensor}`),
        // GPT-2's Conv1D keeps its weights [in, out], as pwff does.
        asPyTorch: (_name, _shape, values) => values,
      });
    });
  }
});

describe('the head of a GPT-2 as reward model', () => {
  before(testBackend);

  it('is new where the folder is that of a language model, whose backbone it takes', async () => {
    const folder = join(parityFolder, 'gpt2-two-blocks');
    const [reward, language] = await Promise.all([loadGptReward(folder), loadModel(folder)]);
    assert.equal(reward.head, null);
    assert.deepEqual(reward.base, language.base);
    const whole = initialPretrainedReward(reward, 'full', stream('new'));
    assert.equal(whole.values.length, language.base.values.length + reward.config.n_embd);
    const head = initialPretrainedReward(reward, 'head', stream('new'));
    assert.deepEqual(head.tensors, [{ name: 'score.weight', shape: [1, 32] }]);
    assert.deepEqual(head.values, whole.values.subarray(-32));
  });

  it('is normal with deviation 0.02 where it is new', () => {
    const { values } = initialHead(scoreTensors({ n_embd: 768 }), stream('head'));
    const deviation = Math.sqrt(values.reduce((sum, x) => sum + x * x, 0) / values.length);
    // Five standard errors of a deviation of 768 draws: 5 · 0.02 / √(2 · 768).
    assert.ok(Math.abs(deviation - 0.02) < 0.0026, String(deviation));
  });

  it('starts a critic whose values are the standardised scores', () => {
    const head = paramSet('reward', [{ name: 'score.weight', shape: [1, 3], values: [1, -2, 0.5] }]);
    const states = Float32Array.of(1, 1, 1, 0, 3, 2);
    assertNear(readHead(scoreHead, head, states), [-0.5, -5], 1e-6);
    const critic = scoreCritic(head, -2, 4);
    assert.equal(critic.kind, 'critic');
    assert.deepEqual(
      [...tensorsOf(critic)].map(({ name }) => name),
      ['score.weight', 'score.bias'],
    );
    assertNear(readHead(scoreHead, critic, states), [(-0.5 + 2) / 4, (-5 + 2) / 4], 1e-6);
  });
});
