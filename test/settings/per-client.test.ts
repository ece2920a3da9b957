import assert from 'node:assert/strict';
import { valueOf, type PerClient } from '../../src/settings/per-client.js';

const client = (number: number) => ({ seed: 1, id: `client-${number}`, index: number - 1 });
const count = 20_000;
const drawn = (setting: PerClient) =>
  Array.from({ length: count }, (_, index) => valueOf(setting, 'power', client(index + 1)));
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const sd = (values: readonly number[]) => {
  const center = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - center) ** 2)));
};

/** Within four standard errors of a mean. */
function hasMean(values: readonly number[], expected: number, deviation: number) {
  const found = mean(values);
  assert.ok(
    Math.abs(found - expected) < (4 * deviation) / Math.sqrt(count),
    `${found}, expected ${expected}`,
  );
}

describe('a quantity that may differ among the clients', () => {
  it('is the number, or the client’s own of a list', () => {
    assert.equal(valueOf(3, 'power', client(2)), 3);
    assert.equal(valueOf([1, 2, 4], 'power', client(3)), 4);
    assert.throws(() => valueOf([1, 2], 'power', client(3)), /client-3 has no power/);
  });

  it('follows a uniform law', () => {
    const values = drawn({ uniform: [2, 5] });
    assert.ok(values.every((value) => value >= 2 && value <= 5));
    // (5 - 2) / sqrt(12)
    hasMean(values, 3.5, 0.8660254);
    assert.ok(Math.abs(sd(values) - 0.8660254) < 0.01);
  });

  it('follows a normal law, and one that is cut off', () => {
    hasMean(drawn({ normal: { mean: -2, sd: 3 } }), -2, 3);
    assert.ok(Math.abs(sd(drawn({ normal: { mean: -2, sd: 3 } })) - 3) < (4 * 3) / Math.sqrt(2 * count));
    // Mean and deviation of truncated normals: m + s (phi(A) - phi(B)) / (Phi(B) - Phi(A)).
    const above = drawn({ normal: { mean: 1, sd: 1, from: 0 } });
    assert.ok(above.every((value) => value >= 0));
    hasMean(above, 1.28759997, 0.79352775);
    const narrow = drawn({ normal: { mean: 1, sd: 4, from: 0, to: 3 } });
    assert.ok(narrow.every((value) => value >= 0 && value <= 3));
    hasMean(narrow, 1.47700224, 0.85774141);
    assert.ok(Math.abs(sd(narrow) - 0.85774141) < 0.015);
  });

  it('follows a lognormal law: its logarithm is normal around that of the median', () => {
    const logs = drawn({ lognormal: { median: 50, sigma: 0.4 } }).map(Math.log);
    hasMean(logs, Math.log(50), 0.4);
    assert.ok(Math.abs(sd(logs) - 0.4) < 0.01);
  });

  it('is keyed by seed, quantity and client, whatever else is drawn', () => {
    const law = { uniform: [0, 1] };
    const value = valueOf(law, 'power', client(7));
    drawn(law);
    assert.equal(valueOf(law, 'power', { ...client(7), index: 2 }), value);
    assert.notEqual(valueOf(law, 'distance', client(7)), value);
    assert.notEqual(valueOf(law, 'power', { ...client(7), seed: 2 }), value);
    assert.notEqual(valueOf(law, 'power', client(8)), value);
  });
});
