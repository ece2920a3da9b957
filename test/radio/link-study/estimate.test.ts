import assert from 'node:assert/strict';
import { proportion, quantile, Tally } from '../../../src/radio/link-study/estimate.js';

function near(actual: number | undefined, expected: number, digits = 6) {
  const off = Math.abs((actual ?? NaN) - expected);
  assert.ok(off <= Math.abs(expected) * 10 ** -digits, `${actual}, expected ${expected}`);
}

function tallyOf(values: readonly number[], batch?: number) {
  const tally = new Tally(batch);
  for (const value of values) tally.add(value);
  return tally;
}

describe('an estimate', () => {
  it('is a mean with the standard error s / sqrt(n) and Student’s interval', () => {
    const { estimate, standardDeviation } = tallyOf([1, 2, 3, 4]);
    assert.equal(estimate?.value, 2.5);
    near(standardDeviation, Math.sqrt(5 / 3));
    near(estimate?.standardError, Math.sqrt(5 / 12));
    // t of 3 degrees of freedom at 97.5 %, from the tables: 3.182446.
    near(estimate?.high, 2.5 + 3.182446 * Math.sqrt(5 / 12), 2);
    near(estimate?.low, 2.5 - 3.182446 * Math.sqrt(5 / 12), 1);
  });

  it('has the normal law’s interval after many values', () => {
    const { estimate } = tallyOf(Array.from({ length: 10_000 }, (_, i) => i % 2));
    near(((estimate?.high ?? 0) - 0.5) / (estimate?.standardError ?? 1), 1.959964, 3);
  });

  it('counts a batch of values that depend on each other as one', () => {
    const { estimate } = tallyOf([1, 1, 3, 3, 100], 2);
    assert.deepEqual([estimate?.value, estimate?.standardError], [2, 1]);
  });

  it('is missing for fewer than two values', () => {
    assert.equal(tallyOf([]).estimate, null);
    assert.equal(tallyOf([1]).estimate, null);
    assert.equal(tallyOf([1, 2, 3], 2).estimate, null);
  });

  it('of a probability has Wilson’s interval, which is no point at 0 and at 1', () => {
    const none = proportion(0, 10);
    assert.deepEqual([none.value, none.standardError, none.low], [0, 0, 0]);
    // z^2 / (n + z^2) at 0 hits.
    near(none.high, 0.2775328);
    near(proportion(10, 10).low, 1 - 0.2775328);
    near(proportion(50, 100).low, 0.4038315);
  });

  it('of a quantile is linear between two values', () => {
    assert.equal(quantile([1, 2, 4, 8], 0.5), 3);
    assert.equal(quantile([7], 0.99), 7);
    assert.equal(quantile([], 0.5), null);
  });
});
