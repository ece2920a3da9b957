import assert from 'node:assert/strict';
import { paramSet, type ParamSet } from '../../../src/learning/params/param-set.js';
import { blank, type Memory } from '../../../src/learning/params/memory.js';
import type { Update } from '../../../src/strategies/aggregation/aggregation.js';
import { combinations } from '../../../src/strategies/combination/index.js';
import { made } from '../../../src/strategies/strategy.js';
import type { Choice } from '../../../src/settings/choice.js';

const set = (...values: number[]) => paramSet('lora', [{ name: 'w', shape: [values.length], values }]);

const update = (client: string, params: ParamSet, base: ParamSet | null = null): Update => ({
  ...{
    client,
    params,
    base,
    rows: client === 'a' ? 10 : 30,
    version: 0,
    staleness: 0,
    ageSeconds: 0,
    tier: null,
  },
});

const participant = { rows: 1, orders: 1, isAsked: true };
const four = { a: participant, b: participant, c: participant, d: participant };

function combined(choice: Choice, global: ParamSet, updates: readonly Update[], memory: Memory = blank) {
  const combine = made(combinations, choice, { stalenessExponent: 0 });
  return combine({ global, updates, version: 0, clients: four, memory });
}

describe('how a method puts updates together', () => {
  it('moves SCAFFOLD’s c by |S|/N times the plain mean of what the clients’ have moved', () => {
    const { global } = combined('control-variates', set(1, 1), [
      update('a', set(2, 0)),
      update('b', set(4, -8)),
    ]);
    assert.deepEqual([...global.values], [1 + 0.5 * 3, 1 + 0.5 * -4]);
  });

  it('corrects FedDyn’s plain mean by h/α, h having moved by α/N of what the clients have drifted', () => {
    const w = set(1, 1);
    const updates = [update('a', set(3, 1), w), update('b', set(5, -1), w)];
    const first = combined({ name: 'dynamic', alpha: 0.5 }, w, updates);
    // Drift (2, 0) and (4, −2): h = −0.5/4 · (6, −2).
    assert.deepEqual([...first.memory.sets['h']!.values], [-0.75, 0.25]);
    assert.deepEqual([...first.global.values], [4 + 1.5, 0 - 0.5]);
    const second = combined({ name: 'dynamic', alpha: 0.5 }, w, updates, first.memory);
    assert.deepEqual([...second.memory.sets['h']!.values], [-1.5, 0.5]);
  });
});
