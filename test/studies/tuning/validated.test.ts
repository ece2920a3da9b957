import assert from 'node:assert/strict';
import type { Executor } from '../../../src/learning/training/executor.js';
import { stubExecutor } from '../../../src/learning/training/stub-executor.js';
import type { TaskKind, TaskRequest, TaskResult } from '../../../src/learning/training/task.js';
import { loadInputs } from '../../../src/run/inputs.js';
import { loadScenario } from '../../../src/scenario/load.js';
import { validated } from '../../../studies/tuning/validated.js';

describe('a run of tuning', () => {
  it('measures clients on their validation rows, never on their test rows', async () => {
    const loaded = await loadScenario('tiny', { set: ['stages=["instruction"]', 'instruction.maxRounds=1'] });
    const stub = stubExecutor();
    const measuredOn = new Set<string>();
    const executor: Executor = {
      ...stub,
      run: <K extends TaskKind>(request: TaskRequest<K>): Promise<TaskResult<K>> => {
        if (request.kind !== 'evaluate') return stub.run(request);
        measuredOn.add((request as TaskRequest<'evaluate'>).data.test.hash);
        const others = { factAccuracy: null, unseenAccuracy: null, sharedAccuracy: null };
        const metrics = { loss: 0.5, accuracy: 0.75, ...others };
        return Promise.resolve({ output: {}, metrics } as unknown as TaskResult<K>);
      },
    };
    assert.deepEqual(await validated(loaded, executor), { loss: 0.5, accuracy: 0.75 });
    const { clients } = await loadInputs(loaded);
    assert.deepEqual(measuredOn, new Set(clients.map(({ tables }) => tables.validation.hash)));
    for (const { tables } of clients) assert.equal(measuredOn.has(tables.test.hash), false);
  });
});
