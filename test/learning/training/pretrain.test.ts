import assert from 'node:assert/strict';
import { baseTensors } from '../../../src/learning/model/base.js';
import { refOf, tensorsOf } from '../../../src/learning/params/param-set.js';
import { learningRateAt, pretrain, type PretrainOptions } from '../../../src/learning/training/pretrain.js';
import { referenceShape } from '../model/reference-model.js';
import { testBackend } from '../../backend.js';
import { tableOf } from './tables.js';

const { config } = referenceShape;

function options(more: Partial<PretrainOptions> = {}): PretrainOptions {
  const rows = tableOf(
    Array.from({ length: 12 }, (_, i) => ({ tokens: [i % 4, (i + 1) % 4, (i + 2) % 4, 10], response: 2 })),
  );
  const rates = { learningRate: 1e-2, warmupSteps: 3, maxGradientNorm: 1 };
  return { config, rows, steps: 60, batchSize: 6, seed: 1, ...rates, ...more };
}

describe('pretrain', () => {
  before(testBackend);

  it('learns rows from scratch: from ln 11 nats per token to almost none', async () => {
    const losses: number[] = [];
    const base = await pretrain(options({ steps: 200, onProgress: ({ loss }) => losses.push(loss) }));
    assert.equal(losses.length, 200);
    assert.ok(Math.abs(losses[0]! - Math.log(11)) < 0.1);
    assert.ok(losses.at(-1)! < 0.3, `${losses.at(-1)}`);
    assert.deepEqual(base.tensors, baseTensors(config));
  });

  it('gives equal bits for an equal seed and others for another', async () => {
    const run = async (seed: number) => refOf(await pretrain(options({ steps: 5, seed }))).hash;
    assert.equal(await run(1), await run(1));
    assert.notEqual(await run(1), await run(2));
  });

  it('moves every row of the position embedding', async () => {
    const run = async (steps: number) => {
      const [, positions] = [...tensorsOf(await pretrain(options({ steps })))];
      return positions!.values;
    };
    const [start, end] = [await run(0), await run(40)];
    for (let row = 0; row < config.n_positions; row++) {
      const at = row * config.n_embd;
      assert.notDeepEqual(start.slice(at, at + config.n_embd), end.slice(at, at + config.n_embd));
    }
  });

  it('stops between two steps when told to', async () => {
    const control = new AbortController();
    const onProgress = ({ step }: { step: number }) => {
      if (step === 2) control.abort();
    };
    await assert.rejects(pretrain(options({ onProgress, signal: control.signal })), { name: 'AbortError' });
  });

  it('warms the learning rate up and lets it fall along a cosine to a tenth', () => {
    const at = (step: number) => learningRateAt(step, { steps: 104, warmupSteps: 4 });
    assert.deepEqual([at(0), at(3), at(4)], [1 / 5, 4 / 5, 1]);
    assert.ok(Math.abs(at(54) - 0.55) < 1e-12);
    assert.ok(Math.abs(at(104) - 0.1) < 1e-12);
  });
});
