import assert from 'node:assert/strict';
import { objectives, perObjective } from '../../../../src/learning/objective.js';
import { refOf } from '../../../../src/learning/params/param-set.js';
import { align } from '../../../../src/learning/training/align.js';
import { poolExecutor } from '../../../../src/learning/training/executor.js';
import { taskRequest } from '../../../../src/learning/training/request.js';
import type { AlignHyper, TaskRequest, TaskResult } from '../../../../src/learning/training/task.js';
import { testBackend } from '../../../backend.js';
import { banditRequest } from '../bandit.js';
import { tableOf } from '../tiny-model.js';

const names: readonly AlignHyper['algorithm'][] = ['ppo', 'rewarded-soups', 'modpo'];

/** Four pairs after two prompts. */
const pairs = tableOf(
  [1, 2, 3, 4].flatMap((first) => [
    [
      [first, 2],
      [5, 11],
    ] as const,
    [
      [first, 2],
      [6, 7, 11],
    ] as const,
  ]),
);

function requestOf(algorithm: AlignHyper['algorithm']): TaskRequest<'align'> {
  const hyper = { algorithm, weights: { helpful: 0.3, harmless: 0.7 }, promptsPerRound: 4, minibatchSize: 2 };
  const { key, data, ...request } = banditRequest(hyper);
  return taskRequest<'align'>({
    ...request,
    seed: 'workers',
    data: { ...data, pairs: perObjective(() => pairs) },
  });
}

/** A result by content. */
function contentOf({ output, metrics }: TaskResult<'align'>) {
  return {
    adapters: refOf(output.tuned['adapters']!).hash,
    lora: refOf(output.tuned['lora']!).hash,
    critics: objectives.map((objective) => refOf(output.critics[objective]).hash),
    ...metrics,
  };
}

describe('algorithms of the alignment', () => {
  let backend: 'native' | 'wasm';
  before(async () => {
    const { name } = await testBackend();
    assert.ok(name === 'native' || name === 'wasm');
    backend = name;
  });

  for (const workers of [1, 2]) {
    it(`give on a pool of ${workers} the bits that they give on this thread`, async () => {
      const pool = poolExecutor(workers, backend);
      try {
        const requests = names.map(requestOf);
        const pooled = (await Promise.all(requests.map((request) => pool.run(request)))).map(contentOf);
        for (const [i, request] of requests.entries()) {
          assert.deepEqual(pooled[i], contentOf(await align(request)));
        }
        assert.equal(new Set(pooled.map(({ lora }) => lora)).size, names.length);
      } finally {
        await pool.close();
      }
    });
  }
});
