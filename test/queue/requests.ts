import { tableOf } from '../../src/learning/data/tokenize.js';
import { paramSet } from '../../src/learning/params/param-set.js';
import { taskRequest } from '../../src/learning/training/request.js';
import type { TaskRequest } from '../../src/learning/training/task.js';

const base = paramSet('base', [{ name: 'wte.weight', shape: [2], values: [1, 2] }]);
const adapters = paramSet('adapters', [{ name: 'h.0.adapter', shape: [3], values: [0.1, 0.2, 0.3] }]);
const rows = (token: number) =>
  tableOf([{ tokens: [token, 2, 3], response: 1, content: [1, 2], truncated: false }]);

/** A task that the stub executor computes: it moves `adapters` by what follows from the seed. `token` stands in its rows. */
export function instructRequest(seed: string, token = 1): TaskRequest<'instruct'> {
  return taskRequest<'instruct'>({
    kind: 'instruct',
    seed,
    model: {} as TaskRequest['model'],
    hyper: { localSteps: 1 } as unknown as TaskRequest<'instruct'>['hyper'],
    params: { base, tuned: { adapters } },
    data: { train: rows(token), validation: rows(9) },
  });
}
