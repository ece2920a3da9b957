import assert from 'node:assert/strict';
import { refOf } from '../../../src/learning/params/param-set.js';
import { poolExecutor } from '../../../src/learning/training/executor.js';
import { taskRequest } from '../../../src/learning/training/request.js';
import { needsNative, type Probed } from '../../backend.js';
import { tableOf, tinyAdapters, tinyBase, tinyLora, tinyShape } from './tiny-model.js';

const train = tableOf(
  Array.from(
    { length: 16 },
    (_, i) =>
      [
        [1, 2, i % 8, 3],
        [4, (i * 3) % 8, 5, 11],
      ] as const,
  ),
);
const [base, adapters, lora] = [tinyBase(), tinyAdapters(), tinyLora()];

function instructRequest(client: number) {
  return taskRequest<'instruct'>({
    kind: 'instruct',
    seed: `client ${client}`,
    model: tinyShape,
    hyper: {
      ...{ localSteps: 10, batchSize: 8, optimizer: 'adam', learningRate: 1e-2 },
      ...{ loraLearningRateScale: 1, maxGradientNorm: 1 },
    },
    params: { base, tuned: { adapters, lora } },
    data: { train, validation: train },
  });
}

/** What four clients train on a pool, by content, and the backend they train on. */
async function trainOn(workers: number, backend: 'native' | 'wasm') {
  const pool = poolExecutor(workers, backend);
  try {
    const results = await Promise.all([1, 2, 3, 4].map((client) => pool.run(instructRequest(client))));
    const trained = results.map(({ output, metrics }) => ({
      adapters: refOf(output.tuned['adapters']!).hash,
      lora: refOf(output.tuned['lora']!).hash,
      ...metrics,
    }));
    return { trained, fingerprint: await pool.fingerprint() };
  } finally {
    await pool.close();
  }
}

describe('a pool on the native backend', () => {
  let native: Probed;
  before(function () {
    native = needsNative(this);
  });

  it('gives equal bits with one worker and with two, and on a second pool of the same process', async () => {
    const [one, two, again] = [
      await trainOn(1, 'native'),
      await trainOn(2, 'native'),
      await trainOn(2, 'native'),
    ];
    assert.deepEqual(two, one);
    assert.deepEqual(again, one);
    assert.deepEqual(one.fingerprint, { ...native.fingerprint, why: 'asked for' });
    assert.equal(new Set(one.trained.map(({ lora }) => lora)).size, 4);
  });

  it('trains to the loss of the WebAssembly backend', async () => {
    const [{ trained: ours }, { trained: theirs }] = [await trainOn(2, 'native'), await trainOn(1, 'wasm')];
    ours.forEach(({ loss, validationLoss }, client) => {
      assert.ok(Math.abs(loss! - theirs[client]!.loss!) < 1e-3, `${loss}, ${theirs[client]!.loss}`);
      assert.ok(Math.abs(validationLoss! - theirs[client]!.validationLoss!) < 1e-2);
    });
  });
});
