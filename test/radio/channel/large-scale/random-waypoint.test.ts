import assert from 'node:assert/strict';
import fc from 'fast-check';
import { positionsOf } from '../../../../src/radio/channel/large-scale/index.js';
import { UserError } from '../../../../src/errors.js';
import { startOf } from '../../../../src/radio/channel/large-scale/positions.js';
import { cell, client } from './a-cell.js';

const mobility = { minSpeedMetersPerSecond: 0.5, maxSpeedMetersPerSecond: 1.5, pauseSeconds: 20 };
const moving = { ...cell, mobility };
const steps = Array.from({ length: 20_000 }, (_, i) => i * 1.7);

describe('a random waypoint walk', () => {
  it('starts where the client would stand without mobility', () => {
    assert.deepEqual(positionsOf(moving, client(1)).at(0), startOf(cell, client(1)));
    const given = { ...moving, positions: [[30, 40]] };
    assert.deepEqual(positionsOf(given, client(1)).at(0), { x: 30, y: 40 });
  });

  it('stays within the radius of the cell', () => {
    const track = positionsOf(moving, client(1));
    assert.ok(steps.every((seconds) => track.distanceMeters(seconds) <= 250 + 1e-9));
  });

  it('is never faster than the highest speed, nor slower than the lowest on its way', () => {
    const track = positionsOf({ ...moving, mobility: { ...mobility, pauseSeconds: 0 } }, client(1));
    for (const seconds of steps) {
      const [from, to] = [track.at(seconds), track.at(seconds + 1.7)];
      const travelled = track.travelledMeters(seconds + 1.7) - track.travelledMeters(seconds);
      assert.ok(Math.hypot(to.x - from.x, to.y - from.y) <= travelled + 1e-9);
      assert.ok(travelled <= 1.5 * 1.7 + 1e-9 && travelled >= 0.5 * 1.7 - 1e-9);
    }
  });

  it('rests at each waypoint', () => {
    const track = positionsOf({ ...moving, mobility: { ...mobility, pauseSeconds: 1e5 } }, client(1));
    // The first leg takes 1000 s at most: 500 m at 0.5 m/s.
    assert.deepEqual(track.at(1000), track.at(1e5));
    assert.equal(track.travelledMeters(1000), track.travelledMeters(1e5));
    assert.notDeepEqual(track.at(1e5 + 1000), track.at(1e5));
  });

  it('is the same in whatever order it is asked', () => {
    const forward = positionsOf(moving, client(1));
    const expected = steps.map((seconds) => [forward.at(seconds), forward.travelledMeters(seconds)]);
    const backward = positionsOf(moving, client(1));
    for (let i = steps.length - 1; i >= 0; i--) {
      assert.deepEqual([backward.at(steps[i]!), backward.travelledMeters(steps[i]!)], expected[i]);
    }
    const anyTimes = fc.array(fc.double({ min: 0, max: 3e4, noNaN: true }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(anyTimes, (times) => {
        const fresh = positionsOf(moving, client(1));
        for (const seconds of times) assert.deepEqual(fresh.at(seconds), forward.at(seconds));
      }),
    );
  });

  it('has a distance to the server that agrees with its position', () => {
    const track = positionsOf(moving, client(2));
    for (const seconds of steps.slice(0, 1000)) {
      const { x, y } = track.at(seconds);
      assert.ok(Math.abs(track.distanceMeters(seconds) - Math.hypot(x, y)) < 1e-9);
    }
  });

  it('is one of its own for each client, whatever the others do', () => {
    const alone = positionsOf(moving, client(1)).at(5000);
    assert.deepEqual(positionsOf(moving, { ...client(1), index: 7 }).at(5000), alone);
    assert.notDeepEqual(positionsOf(moving, client(2)).at(5000), alone);
  });

  it('has the mean speed (v1 - v0) / ln(v1 / v0) over time, without pauses', () => {
    // Speeds are uniform over legs; over time slow legs weigh more (Yoon, Liu and Noble, INFOCOM 2003).
    const brisk = { minSpeedMetersPerSecond: 1, maxSpeedMetersPerSecond: 9, pauseSeconds: 0 };
    const seconds = 300_000;
    const speeds = Array.from({ length: 20 }, (_, i) => {
      const track = positionsOf({ ...cell, mobility: brisk }, client(i + 1));
      return track.travelledMeters(seconds) / seconds;
    });
    const mean = speeds.reduce((sum, speed) => sum + speed, 0) / speeds.length;
    const variance = speeds.reduce((sum, speed) => sum + (speed - mean) ** 2, 0) / (speeds.length - 1);
    const expected = 8 / Math.log(9);
    assert.ok(Math.abs(mean - expected) < 3 * Math.sqrt(variance / speeds.length), `${mean}, ${expected}`);
  });

  it('refuses an impossible time, and a speed at which it would never come to an end', () => {
    const track = positionsOf(moving, client(1));
    for (const seconds of [-1, NaN, Infinity]) assert.throws(() => track.at(seconds), RangeError);
    const absurd = { minSpeedMetersPerSecond: 1e30, maxSpeedMetersPerSecond: 1e30, pauseSeconds: 0 };
    const racing = positionsOf({ ...cell, mobility: absurd }, client(1));
    assert.throws(
      () => racing.at(1),
      (error: unknown) =>
        error instanceof UserError &&
        /^\/channel\/cell\/mobility: client-1 has walked 250000 legs by .* lower the speeds/.test(
          error.message,
        ),
    );
  });
});
