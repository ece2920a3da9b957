import assert from 'node:assert/strict';
import { lazily } from '../src/lazily.js';

describe('an object that is made lazily', () => {
  it('makes each value when it is first asked for, once, and is like one that was made at once', () => {
    const made: string[] = [];
    const lazy: { now: number; a: number; b: readonly number[] } = lazily(
      { now: 0 },
      {
        a: () => made.push('a'),
        b: () => [lazy.a, made.push('b')] as readonly number[],
      },
    );
    assert.deepEqual(made, []);
    assert.deepEqual(lazy.b, [1, 2]);
    assert.equal(lazy.b, lazy.b);
    assert.deepEqual({ ...lazy }, { now: 0, a: 1, b: [1, 2] });
    assert.deepEqual(made, ['a', 'b']);
  });
});
