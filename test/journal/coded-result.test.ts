import assert from 'node:assert/strict';
import { decoded, encoded, setsIn, type Json } from '../../src/journal/coded-result.js';
import { paramSet, refOf, type ParamSet } from '../../src/learning/params/param-set.js';

const set = paramSet('lora', [{ name: 'a', shape: [2], values: [1, Number.NaN] }]);

describe('a result in the journal', () => {
  it('comes back bit for bit: numbers that JSON does not have, arrays, sets, nothing', () => {
    const result = {
      output: { tuned: { lora: set }, scale: [{ mean: -0, std: Infinity }], notes: null },
      metrics: { loss: 0.1 + 0.2, accuracy: Number.NaN, least: -Infinity, none: undefined },
      responses: [Int32Array.of(1, -2), new Int32Array(0)],
      scores: { helpful: Float64Array.of(Math.PI, -0), harmless: Float32Array.of(0.5) },
      ended: [true, false],
    };
    const kept = new Map<string, ParamSet>();
    const text = JSON.stringify(encoded(result, (each) => kept.set(refOf(each).hash, each)));
    const json = JSON.parse(text) as Json;
    assert.deepEqual(setsIn(json), [{ hash: refOf(set).hash, kind: 'lora' }]);
    const { none: _, ...metrics } = result.metrics;
    assert.deepStrictEqual(
      decoded(json, (hash) => kept.get(hash)!),
      { ...result, metrics },
    );
  });

  it('is refused where it has what JSON cannot hold', () => {
    assert.throws(() => encoded({ metrics: { loss: 1n } }, () => {}), /has a bigint/);
    assert.throws(() => encoded({ metrics: () => 1 }, () => {}), /has a function/);
  });
});
