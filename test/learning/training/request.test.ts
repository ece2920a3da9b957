import assert from 'node:assert/strict';
import { tableOf } from '../../../src/learning/data/tokenize.js';
import { perObjective } from '../../../src/learning/objective.js';
import { taskRequest } from '../../../src/learning/training/request.js';
import type { TaskRequest } from '../../../src/learning/training/task.js';
import { banditHyper as hyper } from './bandit.js';
import { emptyTable, tinyAdapters, tinyBase, tinyLora, tinyReward, tinyShape } from './tiny-model.js';

type Changes = Partial<Omit<TaskRequest<'align'>, 'key'>>;

const params: TaskRequest<'align'>['params'] = {
  base: tinyBase(),
  tuned: { adapters: tinyAdapters(), lora: tinyLora() },
  reference: { adapters: tinyAdapters(), lora: tinyLora() },
  rewardModels: perObjective((objective) => tinyReward(objective)),
  critics: perObjective((objective) => tinyReward(objective)),
};
const data = {
  prompts: emptyTable,
  sensitivePrompts: emptyTable,
  instructions: emptyTable,
  pairs: perObjective(() => emptyTable),
};
const completed = (changes: Changes = {}) =>
  taskRequest<'align'>({ kind: 'align', seed: '', model: tinyShape, hyper, params, data, ...changes });
const reversed = <T extends object>(slots: T) => Object.fromEntries(Object.entries(slots).toReversed()) as T;

describe('key of a request', () => {
  it('is another where a set, a table or a number in a slot of a slot is', () => {
    const table = tableOf([{ tokens: [1, 2], response: 1, content: [1, 2], truncated: false }]);
    const changes: readonly Changes[] = [
      { params: { ...params, critics: { ...params.critics, harmless: tinyReward('another') } } },
      { params: { ...params, reference: { adapters: tinyAdapters() } } },
      { data: { ...data, pairs: { ...data.pairs, helpful: table } } },
      { data: { ...data, pairs: { ...data.pairs, harmless: table } } },
      { hyper: { ...hyper, scale: { ...hyper.scale, helpful: { mean: 0, std: 2 } } } },
    ];
    const keys = [{}, ...changes].map((change) => completed(change).key);
    assert.equal(new Set(keys).size, keys.length);
  });

  it('is the same in whatever order the slots stand', () => {
    const turned = {
      hyper: reversed({ ...hyper, weights: reversed(hyper.weights) }),
      params: reversed({ ...params, critics: reversed(params.critics) }),
      data: reversed({ ...data, pairs: reversed(data.pairs) }),
    };
    assert.equal(completed(turned).key, completed().key);
  });
});

describe('parameter sets of a request', () => {
  it('share their memory with the thread that gets them, in slots of slots as well', () => {
    const { critics } = completed().params;
    const received = structuredClone(critics);
    received.helpful.values[0] = 7;
    assert.equal(critics.helpful.values[0], 7);
    assert.ok(received.helpful.hash);
  });
});
