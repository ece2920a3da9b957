import assert from 'node:assert/strict';
import fc from 'fast-check';
import { shadowing } from '../../../../src/radio/channel/large-scale/shadowing.js';

const settings = { deviationDb: 8, decorrelationMeters: 50 };
const who = (seed: number, id = 'client-1') => ({ seed, id });

const spacingMeters = 107;

/** Values at 100,000 places along the way, and at so many meters behind each. */
function valuesAlongTheWay(lagsMeters: readonly number[]) {
  const count = 100_000;
  const shadow = shadowing(settings, who(3));
  const columns = [0, ...lagsMeters].map(() => new Float64Array(count));
  for (let i = 0; i < count; i++) {
    [0, ...lagsMeters].forEach((lag, column) => {
      columns[column]![i] = shadow.dbAt(i * spacingMeters + lag);
    });
  }
  return columns;
}

const correlation = (meters: number) => Math.exp(-Math.abs(meters) / 50);

/**
 * Standard error of the autocorrelation at a lag, found from correlated samples (Bartlett): the variance is
 * the sum over m of rho(m s)^2 + rho(m s + lag) rho(m s - lag), divided by their number, s their spacing.
 */
function standardError(lagMeters: number, samples: number): number {
  let sum = 0;
  for (let m = -30; m <= 30; m++) {
    const apart = m * spacingMeters;
    sum += correlation(apart) ** 2 + correlation(apart + lagMeters) * correlation(apart - lagMeters);
  }
  return Math.sqrt(sum / samples);
}

function mean(values: Float64Array, f: (value: number, index: number) => number): number {
  return values.reduce((sum, value, i) => sum + f(value, i), 0) / values.length;
}

describe('shadowing', () => {
  const lagsMeters = [2, 12.5, 50, 100];
  let values: Float64Array[];

  before(() => {
    values = valuesAlongTheWay(lagsMeters);
  });

  it('has the mean 0 and the standard deviation of the scenario along the way', () => {
    const [first] = values as [Float64Array];
    const average = mean(first, (db) => db);
    const variance = mean(first, (db) => db * db) / 64;
    // The sum of rho(m s) over all m is coth(s / (2 * 50)).
    const spread = 8 / Math.sqrt(first.length * Math.tanh(spacingMeters / 100));
    assert.ok(Math.abs(average) < 3 * spread, `${average}`);
    assert.ok(Math.abs(variance - 1) < 3 * standardError(0, first.length), `${variance}`);
  });

  it('has the autocorrelation exp(-way / length) of Gudmundson’s model', () => {
    const [first, ...later] = values as [Float64Array, ...Float64Array[]];
    later.forEach((column, i) => {
      const expected = correlation(lagsMeters[i]!);
      const found = mean(first, (db, k) => db * column[k]!) / 64;
      // The interpolation may add 0.004.
      const tolerance = 3 * standardError(lagsMeters[i]!, first.length) + 0.004;
      assert.ok(Math.abs(found - expected) < tolerance, `${lagsMeters[i]} m: ${found}, expected ${expected}`);
    });
  });

  it('is Gaussian over clients: a client that stands still has one draw', () => {
    const count = 100_000;
    const draws = Float64Array.from({ length: count }, (_, i) =>
      shadowing(settings, who(1, `client-${i}`)).dbAt(0),
    );
    assert.ok(Math.abs(mean(draws, (db) => db)) < (3 * 8) / Math.sqrt(count));
    assert.ok(Math.abs(mean(draws, (db) => db * db) / 64 - 1) < 3 * Math.sqrt(2 / count));
    const beyondOneSigma = mean(draws, (db) => (Math.abs(db) > 8 ? 1 : 0));
    // 2 (1 - Phi(1)) = 0.317311
    assert.ok(Math.abs(beyondOneSigma - 0.317311) < 3 * Math.sqrt((0.317311 * 0.682689) / count));
  });

  it('is the same in whatever order it is asked', () => {
    const forward = shadowing(settings, who(1));
    const anyWay = fc.array(fc.double({ min: 0, max: 20_000, noNaN: true }), { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(anyWay, (way) => {
        const fresh = shadowing(settings, who(1));
        for (const meters of way) assert.equal(fresh.dbAt(meters), forward.dbAt(meters));
      }),
    );
  });

  it('has no jumps, not where two segments meet either', () => {
    const shadow = shadowing(settings, who(1));
    // A grid step of 50 m / 64 changes it by 8 sqrt(2 / 64) = 1.4 dB rms; a thousandth of it by little.
    for (const meters of [2000, 4000, 777, 0]) {
      const change = shadow.dbAt(meters + 0.0005) - shadow.dbAt(Math.max(meters - 0.0005, 0));
      assert.ok(Math.abs(change) < 0.02, `${change} dB at ${meters} m`);
    }
  });

  it('goes into and out of a border of segments in steps like any other', () => {
    // One point a meter, so segments of 2560 m; the mean square of a step is 2 sigma^2 (1 - r).
    const count = 3000;
    const expected = 2 * 64 * (1 - Math.exp(-1 / 64));
    const ways = Array.from({ length: count }, (_, i) =>
      shadowing({ ...settings, decorrelationMeters: 64 }, who(1, `client-${i}`)),
    );
    for (const border of [2560, 2561]) {
      const squares = ways.map((way) => (way.dbAt(border) - way.dbAt(border - 1)) ** 2);
      const found = squares.reduce((sum, square) => sum + square, 0) / count;
      assert.ok(Math.abs(found / expected - 1) < 3 * Math.sqrt(2 / count), `${found}, expected ${expected}`);
    }
  });

  it('has the same variance between the points of its grid as on them', () => {
    // One point a meter; between x and y of correlation r: (x + y) / 2 over sqrt((1 + r) / 2).
    const shadow = shadowing({ ...settings, decorrelationMeters: 64 }, who(1));
    const deviation = Math.sqrt((1 + Math.exp(-1 / 64)) / 2);
    const between = (shadow.dbAt(100) + shadow.dbAt(101)) / 2 / deviation;
    assert.ok(Math.abs(shadow.dbAt(100.5) - between) < 1e-12);
  });

  it('costs the same anywhere on the way', () => {
    assert.ok(Number.isFinite(shadowing(settings, who(1)).dbAt(1e12 + 1.5)));
  });

  it('scales with its standard deviation, and is absent at 0 dB', () => {
    const [eight, four] = [8, 4].map((deviationDb) =>
      shadowing({ ...settings, deviationDb }, who(1)).dbAt(70),
    );
    assert.equal(eight, 2 * four!);
    assert.equal(Math.abs(shadowing({ ...settings, deviationDb: 0 }, who(1)).dbAt(70)), 0);
  });

  it('is one of its own for each client and seed', () => {
    const one = shadowing(settings, who(1)).dbAt(70);
    assert.notEqual(shadowing(settings, who(2)).dbAt(70), one);
    assert.notEqual(shadowing(settings, who(1, 'client-2')).dbAt(70), one);
  });
});
