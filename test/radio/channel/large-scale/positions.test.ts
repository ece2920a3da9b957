import assert from 'node:assert/strict';
import { positionsOf } from '../../../../src/radio/channel/large-scale/index.js';
import { startOf, uniformOver } from '../../../../src/radio/channel/large-scale/positions.js';
import { stream } from '../../../../src/simulation/random/stream.js';
import { cell, client } from './a-cell.js';

/** Kolmogorov-Smirnov distance to the uniform law on [0, 1]. */
function distanceToUniform(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  return sorted.reduce(
    (most, value, i) => Math.max(most, value - i / sorted.length, (i + 1) / sorted.length - value),
    0,
  );
}

describe('the position of a client', () => {
  const count = 100_000;
  const ring = { radiusMeters: 250, minDistanceMeters: 100 };
  const draw = stream(7, 'points');
  const points = Array.from({ length: count }, () => uniformOver(ring, draw));

  it('is uniform over the area of the ring', () => {
    const shares = points.map(({ x, y }) => (x * x + y * y - 100 ** 2) / (250 ** 2 - 100 ** 2));
    assert.ok(distanceToUniform(shares) < 1.95 / Math.sqrt(count));
  });

  it('is uniform in direction', () => {
    const turns = points.map(({ x, y }) => (Math.atan2(y, x) / Math.PI + 1) / 2);
    assert.ok(distanceToUniform(turns) < 1.95 / Math.sqrt(count));
  });

  it('stays in the ring', () => {
    for (const { x, y } of points) {
      const meters = Math.hypot(x, y);
      assert.ok(meters >= 100 - 1e-9 && meters <= 250 + 1e-9);
    }
  });

  it('depends on seed and client, not on its place in the list nor on how many others there are', () => {
    assert.deepEqual(startOf(cell, client(3)), startOf(cell, { ...client(3), index: 99 }));
    assert.notDeepEqual(startOf(cell, client(3)), startOf(cell, client(4)));
    assert.notDeepEqual(startOf(cell, client(3)), startOf(cell, { ...client(3), seed: 2 }));
  });

  it('is what the scenario gives, by place in the list', () => {
    const given = {
      ...cell,
      positions: [
        [30, 40],
        [-5, 12.5],
      ],
    };
    assert.deepEqual(startOf(given, client(2)), { x: -5, y: 12.5 });
    assert.throws(() => startOf(given, client(3)), /client-3 has no position: expected one at index 2/);
  });

  it('stays the same without mobility', () => {
    const track = positionsOf({ ...cell, positions: [[30, 40]] }, client(1));
    assert.deepEqual(track.at(0), { x: 30, y: 40 });
    assert.deepEqual(track.at(1e6), { x: 30, y: 40 });
    assert.equal(track.distanceMeters(1e6), 50);
    assert.equal(track.travelledMeters(1e6), 0);
  });
});
