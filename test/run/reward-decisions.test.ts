import assert from 'node:assert/strict';
import { perObjective } from '../../src/learning/objective.js';
import type { Executor } from '../../src/learning/training/executor.js';
import type { Ranking } from '../../src/learning/training/ranking.js';
import type { TaskRequest, TaskResult } from '../../src/learning/training/task.js';
import type { World } from '../../src/actors/world.js';
import type { ClientRow, RoundRow } from '../../src/records/rows.js';
import { protocolRun, untrainedExecutor } from './untrained.js';

/** Reward models are as good as the key of their task has it: it tells of all that the task was given. */
function keyedExecutor(): Executor {
  const untrained = untrainedExecutor();
  return {
    ...untrained,
    run: async (request: TaskRequest) => {
      const result = await untrained.run(request);
      if (request.kind !== 'reward' && request.kind !== 'rewardTest') return result as TaskResult<never>;
      const loss = parseInt(request.key.slice(0, 8), 16) / 2 ** 32;
      const ranking: Ranking = {
        ...{ loss, accuracy: loss, calibrationError: 0, brierScore: 0, meanScore: 0, scoreStd: 0 },
      };
      const metrics = perObjective(() => ({ ...ranking, validationLoss: loss }));
      return { ...result, metrics };
    },
  };
}

type Part = 'validation' | 'test';

/** Puts the training pairs in the place of those of a part. */
function replace(part: Part) {
  return ({ clients }: World) => {
    for (const [id, client] of clients) {
      const pairs = perObjective((objective) => {
        const own = client.tables.pairs[objective];
        return { ...own, [part]: own.train };
      });
      clients.set(id, { ...client, tables: { ...client.tables, pairs } });
    }
  };
}

async function stageTwo(replaced?: Part) {
  const { run } = await protocolRun(
    ['stages=["instruction","reward"]', 'reward.maxRounds=8', 'reward.convergence.patience=2'],
    { executor: keyedExecutor(), ...(replaced && { prepare: replace(replaced) }) },
  );
  const { metrics } = run.written;
  const rounds = metrics.filter((row): row is RoundRow => row.type === 'round' && row.stage === 'reward');
  const ofTask = (task: string) =>
    metrics.filter((row): row is ClientRow => row.type === 'client' && row.task === task);
  return {
    decisions: rounds.map(({ round, loss, verdict }) => ({ round, loss, verdict })),
    published: ofTask('rewardTest').map(({ metrics }) => metrics['helpfulAccuracy']),
  };
}

describe('Step 2.5', () => {
  it('decides by validation pairs: other test pairs change what is published, and no decision', async () => {
    const [given, otherTests] = [await stageTwo(), await stageTwo('test')];
    assert.ok(given.decisions.length > 2);
    assert.equal(given.decisions.at(-1)!.verdict, 'converged');
    assert.deepEqual(otherTests.decisions, given.decisions);
    assert.notDeepEqual(otherTests.published, given.published);
  });

  it('decides otherwise by other validation pairs, whose change no published figure of round 0 shows', async () => {
    const [given, otherValidation] = [await stageTwo(), await stageTwo('validation')];
    assert.notDeepEqual(otherValidation.decisions, given.decisions);
    assert.equal(otherValidation.published[0], given.published[0]);
  });
});
