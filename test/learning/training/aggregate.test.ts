import assert from 'node:assert/strict';
import { paramSet, tensorsOf, type ParamSet } from '../../../src/learning/params/param-set.js';
import { aggregateBy } from '../../../src/learning/training/aggregate.js';
import type { Tasks, TaskRequest } from '../../../src/learning/training/task.js';
import { aggregations } from '../../../src/strategies/aggregation/index.js';

const set = (tensors: Readonly<Record<string, number>>): ParamSet =>
  paramSet(
    'lora',
    Object.entries(tensors).map(([name, value]) => ({ name, shape: [1], values: [value] })),
  );
const entries = (params: ParamSet) => [...tensorsOf(params)].map(({ name, values }) => [name, values[0]]);

/** The next global set of updates of client a, b, …, with one row each, by "fedavg". */
async function next(global: ParamSet | null, ...updates: readonly ParamSet[]): Promise<ParamSet> {
  return (await made(global, updates)).output.global;
}

function made(
  global: ParamSet | null,
  updates: readonly ParamSet[],
  { strategy = 'fedavg', ...hyper }: Partial<Tasks['aggregate']['hyper']> = {},
) {
  const ids = updates.map((_, i) => String.fromCharCode(97 + i));
  const about = { rows: 1, version: 0, staleness: 0, ageSeconds: 0, tier: null };
  const request = {
    seed: 'seed',
    hyper: {
      strategy,
      settings: { stalenessExponent: 0.5 },
      updates: Object.fromEntries(ids.map((id) => [id, about])),
      version: 0,
      clients: {},
      notes: {},
      ...hyper,
    } satisfies Tasks['aggregate']['hyper'],
    params: {
      global,
      updates: Object.fromEntries(ids.map((id, i) => [id, updates[i]!])),
      bases: global ? Object.fromEntries(ids.map((id) => [id, global])) : {},
      memory: {},
    } satisfies Tasks['aggregate']['params'],
  };
  return aggregateBy(aggregations)(request as unknown as TaskRequest<'aggregate'>);
}

describe('the task of Step 1.4', () => {
  it('leaves a tensor of the global model that no update holds as it is, in its place', async () => {
    const global = set({ 'h.0.a': 1, 'h.1.a': 2, 'h.2.a': 3 });
    const made = await next(global, set({ 'h.2.a': 5, 'h.3.a': 6 }), set({ 'h.2.a': 7 }));
    assert.deepEqual(entries(made), [
      ['h.0.a', 1],
      ['h.1.a', 2],
      ['h.2.a', 6],
      ['h.3.a', 6],
    ]);
  });

  it('gives what the strategy made where that lacks nothing, and where there was nothing before', async () => {
    const updates = [set({ b: 1, a: 2 }), set({ b: 3, a: 4 })];
    for (const global of [null, set({ a: 0, b: 0 })]) {
      assert.deepEqual(entries(await next(global, ...updates)), [
        ['b', 2],
        ['a', 3],
      ]);
    }
  });

  it('hands a rule of the mean what was heard over the air as one update: without noise the same comes of it', async () => {
    const [global, updates] = [set({ a: 1, b: 2 }), [set({ a: 3, b: 4 }), set({ a: 5, b: 2.5 })]];
    const tensors = ['a', 'b'].map((name) => ({ name, shape: [1] }));
    const blocks = [{ from: 0, to: 2, active: ['a', 'b'] }];
    for (const [strategy, of] of [
      ['fedavg', 'weights'],
      ['uniform', 'weights'],
      ['fedavgm', 'deltas'],
      ['fedadam', 'deltas'],
      ['fedadagrad', 'deltas'],
      ['fedyogi', 'deltas'],
    ] as const) {
      const air = { tensors, blocks, snr: Infinity, fullWeight: 1, weighting: 'rows', of } as const;
      const [plain, heard] = [
        await made(global, updates, { strategy }),
        await made(global, updates, { strategy, air }),
      ];
      assert.deepEqual(entries(heard.output.global), entries(plain.output.global), strategy);
      assert.deepEqual([plain.metrics, heard.metrics], [{}, { noise: 0, truncation: 0, unheard: 0 }]);
      const noisy = await made(global, updates, { strategy, air: { ...air, snr: 1 } });
      assert.notDeepEqual(entries(noisy.output.global), entries(plain.output.global), strategy);
      assert.ok(noisy.metrics.noise! > 0);
    }
  });
});
