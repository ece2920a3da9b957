import assert from 'node:assert/strict';
import { perObjective } from '../../../src/learning/objective.js';
import { promptsOf } from '../../../src/learning/training/rollout.js';
import { rescore } from '../../../src/learning/training/rescore.js';
import { score } from '../../../src/learning/training/score.js';
import { testBackend } from '../../backend.js';
import { handMadeReward, prompts } from './bandit.js';
import { assertNear } from './ppo/reference.js';
import { tableOf, tinyAdapters, tinyBase, tinyLora, tinyReward, tinyShape } from './tiny-model.js';

const rewards = () => ({
  base: tinyBase(),
  rewardModels: { helpful: handMadeReward(), harmless: tinyReward('harmless') },
});
const scale = { helpful: { mean: 0.5, std: 2 }, harmless: { mean: -1, std: 0.25 } };
const tuned = { adapters: tinyAdapters(), lora: tinyLora() };
const end = tinyShape.config.eos_token_id;

describe('rescore task', () => {
  before(testBackend);

  it('gives sampled responses the scores that the score task gave them, ended or not', async () => {
    const sampled = await score({
      ...{ kind: 'score', key: '', seed: 'rescore test', model: tinyShape },
      hyper: { maxNewTokens: 6, temperature: 1, klCoefficient: 0, missingEosPenalty: 3, scale },
      params: { ...rewards(), tuned, reference: tuned },
      data: { prompts },
    });
    const rows = promptsOf(prompts).map(
      (prompt, row) =>
        [[...prompt], [...sampled.responses![row]!, ...(sampled.ended![row] ? [end] : [])]] as const,
    );
    const { scores, metrics } = await rescore({
      ...{ kind: 'rescore', key: '', seed: '', model: tinyShape },
      hyper: { missingEosPenalty: 3, scale },
      params: rewards(),
      data: { responses: tableOf(rows) },
    });
    assert.deepEqual(metrics, {});
    perObjective((objective) => assertNear(scores![objective], sampled.scores![objective], 1e-9));
  });

  it('scores a response that has nothing left', async () => {
    const { scores } = await rescore({
      ...{ kind: 'rescore', key: '', seed: '', model: tinyShape },
      hyper: { missingEosPenalty: 3, scale },
      params: rewards(),
      data: {
        responses: tableOf([
          [[1, 2, 3], []],
          [[1, 2, 3], [end]],
        ]),
      },
    });
    for (const values of Object.values(scores!))
      assert.ok(values.length === 2 && values.every(Number.isFinite));
  });
});
