import assert from 'node:assert/strict';
import { blank } from '../../../src/learning/params/memory.js';
import { paramSet } from '../../../src/learning/params/param-set.js';
import { aggregations } from '../../../src/strategies/aggregation/index.js';
import { made } from '../../../src/strategies/strategy.js';

const set = (...values: readonly number[]) =>
  paramSet('lora', [{ name: 'w', shape: [values.length], values }]);

const update = (client: string, staleness: number, ...values: readonly number[]) => ({
  ...{ client, rows: 1, version: 3 - staleness, staleness, ageSeconds: 0, tier: null },
  ...{ params: set(...values), base: set(0, 0) },
});

const clients = () => {
  throw new Error('it has looked at the clients');
};

describe('an aggregation that needs updates only', () => {
  const flagged = Object.values(aggregations).filter(({ needsUpdatesOnly }) => needsUpdatesOnly);

  it('is fedasync or fedbuff', () => {
    assert.deepEqual(flagged.map(({ name }) => name).sort(), ['fedasync', 'fedbuff']);
  });

  for (const { name, weightsSum } of flagged) {
    it(`looks at no clients: ${name}`, () => {
      const updates = [update('a', 0, 1, 2), update('b', 2, 3, 4)];
      const given = { global: set(0, 0), updates, version: 3, memory: blank };
      const guarded = Object.defineProperty({ ...given, clients: {} }, 'clients', { get: clients });
      const settings = { stalenessExponent: 0.5 };
      const { global } = made(aggregations, name, settings)(guarded);
      assert.ok(global.values.every((value) => value > 0));
      assert.ok(weightsSum, 'its weights are checked too');
    });
  }
});
