import assert from 'node:assert/strict';
import fc from 'fast-check';
import { dirichlet, partAt, partitionRows } from '../../src/learning/data/partition.js';
import { stream } from '../../src/simulation/random/stream.js';

const names = (count: number, of: string) => Array.from({ length: count }, (_, index) => `${of}-${index}`);
const cases = fc.record({
  rows: fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 200 }),
  clients: fc.integer({ min: 1, max: 12 }),
  alpha: fc.constantFrom(0.001, 0.1, 0.5, 1, 10, 1000),
  seed: fc.nat(),
});

describe('partitionRows', () => {
  it('gives every row to exactly one client', () => {
    fc.assert(
      fc.property(cases, ({ rows, clients, alpha, seed }) => {
        const parts = partitionRows({
          classes: rows.map((row) => `class ${row}`),
          clients: names(clients, 'client'),
          alpha,
          minimum: 0,
          seed,
        });
        const dealt = parts!.flat().sort((a, b) => a - b);
        assert.deepEqual(
          dealt,
          rows.map((_, index) => index),
        );
      }),
    );
  });

  it('gives the same partition for the same seed and another for another', () => {
    const options = {
      classes: names(50, 'c').flatMap((c) => [c, c]),
      clients: names(4, 'client'),
      alpha: 1,
      minimum: 0,
    };
    const first = partitionRows({ ...options, seed: 1 });
    assert.deepEqual(partitionRows({ ...options, seed: 1 }), first);
    assert.notDeepEqual(partitionRows({ ...options, seed: 2 }), first);
  });

  it('deals nearly evenly for a large alpha', () => {
    const parts = partitionRows({
      classes: Array.from({ length: 10_000 }, (_, row) => `class ${row % 5}`),
      clients: names(10, 'client'),
      alpha: 1e5,
      minimum: 0,
      seed: 1,
    })!;
    // A client's share of a class has standard deviation sqrt(9 / (100 (10 alpha + 1))) = 3e-4: of 10,000
    // rows about 3, and the five classes' cuts round by one row at most.
    for (const part of parts) assert.ok(Math.abs(part.length - 1000) <= 20, `${part.length} rows`);
  });

  it('gives nearly all of a class to one client for a small alpha', () => {
    const classes = Array.from({ length: 2000 }, (_, row) => `class ${row % 10}`);
    const parts = partitionRows({
      classes,
      clients: names(10, 'client'),
      alpha: 1e-3,
      minimum: 0,
      seed: 3,
    })!;
    const largest = names(10, 'class').map((_, c) =>
      Math.max(...parts.map((part) => part.filter((row) => row % 10 === c).length)),
    );
    const concentrated = largest.filter((rows) => rows > 190).length;
    assert.ok(concentrated >= 9, `${concentrated} of 10 classes are with one client`);
  });

  it('keeps the ratio of the other clients in a class when a client joins', () => {
    const sizes = (clients: number) =>
      partitionRows({
        classes: Array.from({ length: 100_000 }, () => 'one'),
        clients: names(clients, 'client'),
        alpha: 1,
        minimum: 0,
        seed: 7,
      })!.map((part) => part.length);
    const [four, five] = [sizes(4), sizes(5)];
    for (const client of [1, 2, 3]) {
      const [before, after] = [four[client]! / four[0]!, five[client]! / five[0]!];
      assert.ok(Math.abs(before / after - 1) < 0.01, `${before} became ${after}`);
    }
  });

  it('draws again until every client has the minimum, and gives up where that cannot be', () => {
    const options = {
      classes: Array.from({ length: 100 }, (_, row) => `class ${row % 3}`),
      clients: names(5, 'client'),
      alpha: 0.3,
      seed: 1,
    };
    const parts = partitionRows({ ...options, minimum: 8 })!;
    assert.ok(parts.every((part) => part.length >= 8));
    assert.equal(partitionRows({ ...options, minimum: 21 }), null);
  });
});

describe('dirichlet', () => {
  it('has the mean 1/K and the variance (K - 1) / (K^2 (K alpha + 1)), within four standard errors', () => {
    const draws = 20_000;
    for (const [size, alpha] of [
      [2, 0.5],
      [5, 0.5],
      [10, 1],
      [10, 20],
    ] as const) {
      const first = Array.from(
        { length: draws },
        (_, n) => dirichlet(alpha, size, stream(1, size, alpha, n))[0]!,
      );
      const mean = first.reduce((sum, p) => sum + p, 0) / draws;
      const squares = first.map((p) => (p - 1 / size) ** 2);
      const variance = squares.reduce((sum, square) => sum + square, 0) / draws;
      const expected = (size - 1) / (size ** 2 * (size * alpha + 1));
      const spread = squares.reduce((sum, square) => sum + (square - variance) ** 2, 0) / draws;
      const meanError = Math.abs(mean - 1 / size) / Math.sqrt(expected / draws);
      const varianceError = Math.abs(variance - expected) / Math.sqrt(spread / draws);
      assert.ok(meanError < 4, `K ${size}, alpha ${alpha}: the mean is ${meanError} standard errors off`);
      assert.ok(varianceError < 4, `K ${size}, alpha ${alpha}: the variance is ${varianceError} off`);
    }
  });

  it('is a distribution for every alpha, even one whose gamma draws underflow', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(1e-6, 1e-3, 0.1, 1, 1e4),
        fc.integer({ min: 1, max: 20 }),
        fc.nat(),
        (alpha, size, n) => {
          const proportions = dirichlet(alpha, size, stream(n));
          const total = proportions.reduce((sum, p) => sum + p, 0);
          assert.equal(proportions.length, size);
          assert.ok(proportions.every((p) => p >= 0));
          assert.ok(Math.abs(total - 1) < 1e-12);
        },
      ),
    );
  });
});

describe('partAt', () => {
  it('finds the part whose share of (0, 1) holds the number, never an empty one', () => {
    assert.equal(partAt([0.25, 0.5, 0.25], 0.1), 0);
    assert.equal(partAt([0.25, 0.5, 0.25], 0.3), 1);
    assert.equal(partAt([0.25, 0.5, 0.25], 0.99), 2);
    assert.equal(partAt([0, 1, 0], 1 - 2 ** -53), 1);
    assert.equal(partAt([0.1, 0.2, 0.7 - 1e-9, 0], 1 - 1e-12), 2);
  });
});
