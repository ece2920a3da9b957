import assert from 'node:assert/strict';
import { canonicalJson, exactJson } from '../../src/records/exact-json.js';
import { sortedKeys } from '../../src/sorted-keys.js';

describe('the canonical JSON of a value', () => {
  const odd = {
    ...{ b: -0, a: 1e21, c: [[], {}, [1, [null]]], z: true, empty: '' },
    ...{ 10: 'whole', 2: 'numbers', '-1': 'and none', '01': 'either' },
    ...{ 'a "name"': 'a\nline', ü: '\ud800', '\u{1F600}': '\u{1F600}\u2028\\' },
  };

  it('is what JSON makes of a copy with sorted keys', () => {
    for (const value of [odd, [odd, ''], [''], [], {}, 'text', 0.1, false, null]) {
      assert.equal(canonicalJson(value, 'value'), JSON.stringify(sortedKeys(value)));
    }
  });

  it('leaves out the keys of the value that it is told to, and none further in', () => {
    assert.equal(canonicalJson({ b: 1, a: { b: 2 } }, 'value', ['b']), '{"a":{"b":2}}');
  });

  for (const [what, write] of [
    ['canonical', canonicalJson],
    ['exact', exactJson],
  ] as const) {
    it(`names the place of what JSON cannot express, as ${what} JSON`, () => {
      assert.throws(() => write({ a: [1, NaN] }, 'row'), /^RangeError: row\/a\/1: is NaN/);
      assert.throws(() => write({ a: undefined }, 'row'), /^RangeError: row\/a: is undefined/);
      assert.throws(() => write(-Infinity, 'row'), /^RangeError: row: is -Infinity/);
      assert.throws(() => write({ a: new Float32Array(1) }, 'row'), /^RangeError: row\/a: is a typed array/);
    });
  }
});
