import assert from 'node:assert/strict';
import { Pace } from '../../../src/learning/training/pace.js';
import { taskFlops } from '../../../src/learning/training/task-flops.js';
import type { TaskKind, TaskRequest } from '../../../src/learning/training/task.js';
import type { TokenTable } from '../../../src/learning/data/token-table.js';
import { protocolRun, untrainedExecutor } from '../../run/untrained.js';

/** One row of so many tokens. */
function table(tokens: number): TokenTable {
  return { hash: '', count: 1, tokens: new Int32Array(tokens), rows: Int32Array.of(0, 0, 0, 0, tokens) };
}

/** Reading 100 tokens by a model of 1000 parameters: 2e5 operations; by `times` as many, so many times as many. */
function reading(kind: 'perplexity' | 'evaluate', times = 1): TaskRequest {
  const base = { kind: 'base', tensors: [], values: new Float32Array(1000) };
  return {
    ...{ kind, key: '', seed: '', hyper: {}, model: {} },
    params: { base, tuned: {} },
    data: { text: table(100 * times) },
  } as unknown as TaskRequest;
}

const near = (actual: number, expected: number) =>
  assert.ok(Math.abs(actual / expected - 1) < 1e-9, `${actual} is not ${expected}`);

describe('the time that a task may take', () => {
  it('is twenty times what its work takes at 1e8 operations a second, before anything was measured', () => {
    near(new Pace().limitSeconds(reading('perplexity')), (20 * 2e5) / 1e8);
  });

  it('goes by the quickest task of its kind, and by its work', () => {
    const pace = new Pace();
    pace.took(reading('perplexity'), 3);
    pace.took(reading('perplexity', 10), 5);
    near(pace.limitSeconds(reading('perplexity')), 20 * 0.5);
    near(pace.limitSeconds(reading('perplexity', 100)), 20 * 50);
  });

  it('is ten times as long for a kind of which none has ended yet', () => {
    const pace = new Pace();
    pace.took(reading('perplexity'), 3);
    near(pace.limitSeconds(reading('evaluate')), 10 * 20 * 3);
  });

  it('follows from a number of operations for each task of a run', async () => {
    const kinds = new Set<TaskKind>();
    const untrained = untrainedExecutor((request) => {
      kinds.add(request.kind);
      const flops = taskFlops(request);
      // An aggregate of no more than the model has, at the least; nothing of the tiny scenario takes a minute.
      assert.ok(flops > 1e3 && flops < 1e12, `${request.kind}: ${flops}`);
    });
    const dials = ['measure.others={}', 'measure.shares=[0,1]', 'measure.forgetting={}'];
    for (const algorithm of ['ppo', 'rewarded-soups', 'modpo']) {
      const set = [`alignment.algorithm=${algorithm}`, ...dials];
      const { ended } = await protocolRun(set, { executor: untrained });
      assert.equal(ended.reason, 'finished', JSON.stringify(ended));
    }
    for (const kind of [
      'aggregate',
      'instruct',
      'evaluate',
      'reward',
      'rewardTest',
      'freeze',
      'align',
      'score',
    ]) {
      assert.ok(kinds.has(kind as TaskKind), kind);
    }
    assert.deepEqual(
      [kinds.has('generalize'), kinds.has('perplexity'), kinds.has('interpolate')],
      [true, true, true],
    );
  });
});
