import assert from 'node:assert/strict';
import { lazily } from '../src/lazily.js';

describe('an object that is made lazily', () => {
  it('makes each value when it is first asked for, once, and is like one that was made at once', () => {
    const made: string[] = [];
    const lazy: { a: number; b: readonly number[] } = lazily<{ a: number; b: readonly number[] }>({
      a: () => made.push('a'),
      b: () => [lazy.a, made.push('b')],
    });
    assert.deepEqual(made, []);
    assert.deepEqual(lazy.b, [1, 2]);
    assert.equal(lazy.b, lazy.b);
    assert.deepEqual({ ...lazy }, { a: 1, b: [1, 2] });
    assert.deepEqual(made, ['a', 'b']);
  });
});
