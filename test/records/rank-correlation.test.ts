import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/paths.js';
import { pooledSpearman, spearman, spearmanInterval } from '../../src/records/rank-correlation.js';
import { assertNear } from '../learning/training/ppo/reference.js';

interface Case {
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly rho: number;
  readonly low: number;
  readonly high: number;
}

const { cases } = JSON.parse(
  readFileSync(join(packageRoot(), 'test/golden/rank-correlation.json'), 'utf8'),
) as { readonly cases: readonly Case[] };

describe('Spearman’s rank correlation', () => {
  it('and its interval are those that SciPy gives, with ties and without', () => {
    assert.ok(cases.length > 3);
    for (const { x, y, rho, low, high } of cases) {
      const found = spearman(x.map((value, i) => [value, y[i]!]))!;
      const interval = spearmanInterval(found, x.length)!;
      assertNear([found, interval.low, interval.high], [rho, low, high], 1e-12);
    }
  });

  it('has an interval that ends below 1 where all ranks agree, and none of three pairs', () => {
    const { low, high } = spearmanInterval(1, 10)!;
    // z = artanh(1 − 6 / 990) = 2.89823…, ± 1.95996 √(1.5 / 7).
    const z = 0.5 * Math.log((2 - 6 / 990) / (6 / 990));
    const half = 1.959963984540054 * Math.sqrt(1.5 / 7);
    assertNear([low, high], [Math.tanh(z - half), Math.tanh(z + half)], 1e-12);
    assert.ok(high < 1);
    assert.deepEqual(spearmanInterval(-1, 10), { low: -high, high: -low });
    assert.equal(spearmanInterval(0.5, 3), null);
  });
});

describe('rank correlations of several seeds', () => {
  it('are pooled as the mean of their z, with Student’s interval of it', () => {
    // artanh 0.6 = ln 2 and artanh 0.8 = ln 3: mean ln √6, half width 12.7062 · ln 1.5 / 2.
    const { rho, interval } = pooledSpearman([0.6, 0.8], 10);
    const [center, half] = [Math.log(6) / 2, (12.706204736 * Math.log(1.5)) / 2];
    assertNear(rho, 5 / 7, 1e-12);
    assertNear([interval!.low, interval!.high], [Math.tanh(center - half), Math.tanh(center + half)], 1e-9);
  });

  it('of one seed have its own interval', () => {
    assert.deepEqual(pooledSpearman([0.5], 10), { rho: 0.5, interval: spearmanInterval(0.5, 10) });
  });
});
