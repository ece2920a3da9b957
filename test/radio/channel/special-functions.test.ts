import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  besselI0Scaled,
  besselJ0,
  besselJ0Complement,
  cosTurns,
  gammaLower,
  gammaUpper,
  lambertW,
  logGamma,
  noncentralGammaLower,
  noncentralGammaUpper,
  normalTailQuantile,
  sinTurns,
} from '../../../src/radio/channel/special-functions.js';
import { packageRoot } from '../../../src/paths.js';

type Table =
  | 'besselJ0'
  | 'besselI0Scaled'
  | 'logGamma'
  | 'gammaLower'
  | 'gammaUpper'
  | 'lambertW'
  | 'normalTailQuantile';
type Noncentral = 'noncentralLower' | 'noncentralUpper';

// By SciPy: test/golden/radio.py. A row holds the arguments, then the value.
const golden = JSON.parse(readFileSync(join(packageRoot(), 'test/golden/radio.json'), 'utf8')) as Record<
  Table | Noncentral,
  number[][]
>;

function agrees(table: Table | Noncentral, f: (...x: number[]) => number, digits: number) {
  for (const row of golden[table]) {
    const [expected, ...reversed] = [...row].reverse();
    const found = f(...reversed.reverse());
    // SciPy itself loses digits far out in the tails.
    const tolerance = 10 ** -digits * Math.max(Math.abs(expected!), 1e-30);
    assert.ok(Math.abs(found - expected!) <= tolerance, `${table} of ${row.join(', ')}: ${found}`);
  }
}

describe('the special functions of fading agree with SciPy', () => {
  it('in J0, to 14 decimals', () => {
    for (const [x, expected] of golden.besselJ0) {
      assert.ok(Math.abs(besselJ0(x!) - expected!) < 1e-14, `J0(${x}) is ${besselJ0(x!)}`);
      assert.equal(besselJ0(-x!), besselJ0(x!));
    }
  });

  it('in I0 without its growth', () => agrees('besselI0Scaled', besselI0Scaled, 13));
  it('in the logarithm of the gamma function', () => agrees('logGamma', logGamma, 13));
  it('in the lower incomplete gamma function', () => agrees('gammaLower', gammaLower, 12));
  it('in the upper incomplete gamma function', () => agrees('gammaUpper', gammaUpper, 12));
  it('in the quantile of a normal’s tail', () => agrees('normalTailQuantile', normalTailQuantile, 12));
  it('in Lambert’s W', () => agrees('lambertW', lambertW, 14));
  it('in the noncentral chi-square law', () => agrees('noncentralLower', noncentralGammaLower, 11));
  it('in Marcum’s Q', () => agrees('noncentralUpper', noncentralGammaUpper, 11));
});

describe('the special functions of fading', () => {
  it('give J0 as the shared reference does', () => {
    for (const [x, expected] of [
      [0.1, 0.997502],
      [0.5, 0.93847],
      [1, 0.765198],
      [2, 0.223891],
    ] as const) {
      assert.ok(Math.abs(besselJ0(x) - expected) < 0.5e-6);
    }
  });

  it('keep all digits of 1 - J0 where J0 is next to 1', () => {
    // 1 - J0(x) = x^2/4 - x^4/64 + …
    for (const x of [1e-12, 1e-7, 1e-3]) {
      const expected = (x * x) / 4 - x ** 4 / 64;
      assert.ok(Math.abs(besselJ0Complement(x) / expected - 1) < 1e-13);
    }
    assert.equal(besselJ0Complement(0), 0);
  });

  it('give sine and cosine of any number of turns', () => {
    for (let i = -1000; i <= 1000; i++) {
      const turns = i / 173;
      assert.ok(Math.abs(cosTurns(turns) - Math.cos(2 * Math.PI * turns)) < 2e-14);
      assert.ok(Math.abs(sinTurns(turns) - Math.sin(2 * Math.PI * turns)) < 2e-14);
    }
    assert.deepEqual(
      [0, 0.25, 0.5, 0.75, 1, -0.25, 2 ** 40].map(cosTurns).map(Math.round).map(Math.abs),
      [1, 0, 1, 0, 1, 0, 1],
    );
    assert.ok(Math.abs(sinTurns(1e9 + 0.125) - Math.SQRT1_2) < 1e-15);
  });

  it('refuse arguments outside their domains', () => {
    assert.throws(() => logGamma(0), RangeError);
    assert.throws(() => gammaLower(0, 1), RangeError);
    assert.throws(() => gammaUpper(1, -1), RangeError);
    assert.throws(() => lambertW(-0.1), RangeError);
  });

  it('reach the ends of their ranges', () => {
    assert.deepEqual([gammaLower(2, 0), gammaUpper(2, 0), gammaUpper(2, Infinity)], [0, 1, 0]);
    assert.deepEqual([noncentralGammaLower(1, 3, 0), noncentralGammaUpper(3, 0)], [0, 1]);
    assert.deepEqual([gammaLower(2, Infinity), noncentralGammaLower(1, 3, Infinity)], [1, 1]);
    assert.equal(lambertW(0), 0);
  });
});
