import assert from 'node:assert/strict';
import { poison } from '../../../src/learning/training/poison.js';

describe('a poisoned thread', () => {
  it('throws where chance or the time of day is asked for', () => {
    const { random } = Math;
    const { now } = Date;
    try {
      poison();
      assert.throws(() => Math.random(), /Math\.random in a task, expected a keyed stream/);
      assert.throws(() => Date.now(), /Date\.now in a task/);
    } finally {
      Math.random = random;
      Date.now = now;
    }
  });
});
