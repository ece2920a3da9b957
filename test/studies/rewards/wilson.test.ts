import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../../src/paths.js';
import { wilsonInterval } from '../../../studies/rewards/wilson.js';

interface Golden {
  readonly intervals: readonly {
    readonly right: number;
    readonly count: number;
    readonly low: number;
    readonly high: number;
  }[];
}

const golden = JSON.parse(readFileSync(join(packageRoot(), 'test/golden/wilson.json'), 'utf8')) as Golden;

describe('the Wilson interval', () => {
  it('is the one that SciPy gives', () => {
    for (const { right, count, low, high } of golden.intervals) {
      const found = wilsonInterval(right, count);
      assert.equal(found.share, right / count);
      assert.ok(Math.abs(found.low - low) < 1e-12, `${found.low} instead of ${low}`);
      assert.ok(Math.abs(found.high - high) < 1e-12, `${found.high} instead of ${high}`);
    }
  });

  it('is refused of no trials and of more successes than trials', () => {
    for (const [right, count] of [
      [0, 0],
      [3, 2],
      [-1, 2],
      [NaN, 2],
    ] as const) {
      assert.throws(() => wilsonInterval(right, count), RangeError);
    }
  });
});
