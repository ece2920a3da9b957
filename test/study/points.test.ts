import assert from 'node:assert/strict';
import { pointsOf } from '../../src/study/points.js';
import { drawnPoints } from '../../src/study/random-search.js';
import type { Vary } from '../../src/study/study.js';

const labels = (vary?: Vary) => pointsOf(vary).map(({ label }) => label);

describe('the points of a study', () => {
  it('are one, the scenario itself, where nothing is varied', () => {
    assert.deepEqual(pointsOf(), [{ label: 'base', settings: {} }]);
  });

  it('are all combinations of a grid, the last setting changing fastest', () => {
    assert.deepEqual(labels({ grid: { 'a.x': [1, 2], 'a.y': ['p', 'q'] } }), [
      'x=1 y=p',
      'x=1 y=q',
      'x=2 y=p',
      'x=2 y=q',
    ]);
  });

  it('are those of a list, which need not set the same', () => {
    assert.deepEqual(pointsOf({ list: [{ method: 'pwff' }, { 'clients.count': 4, method: 'sfl' }] }), [
      { label: 'method=pwff', settings: { method: 'pwff' } },
      { label: 'count=4 method=sfl', settings: { 'clients.count': 4, method: 'sfl' } },
    ]);
  });

  it('go through paired lists one by one', () => {
    assert.deepEqual(labels({ paired: { 'a.x': [1, 2, 3], 'b.z': [10, 20, 30] } }), [
      'x=1 z=10',
      'x=2 z=20',
      'x=3 z=30',
    ]);
    assert.throws(() => pointsOf({ paired: { 'a.x': [1, 2], 'b.z': [10] } }), {
      message: '/vary/paired/b.z: has 1 values, expected 2 as a.x has; paired values go together one by one',
    });
  });

  it('of several kinds are every point of one with every point of the others', () => {
    assert.deepEqual(labels({ grid: { x: [1, 2] }, paired: { y: [3, 4], z: [5, 6] } }), [
      'x=1 y=3 z=5',
      'x=1 y=4 z=6',
      'x=2 y=3 z=5',
      'x=2 y=4 z=6',
    ]);
    assert.throws(() => pointsOf({ grid: { x: [1] }, list: [{ x: 2 }] }), {
      message: '/vary: varies x in two ways, expected it once; leave one out',
    });
    assert.throws(() => pointsOf({ grid: { seed: [1, 2] } }), {
      message: /seeds of a study go into "seeds"/,
    });
  });

  it('are named by the last keys that tell their settings apart', () => {
    const grid = { 'channel.uplink.meanSnrDb': [0], 'channel.downlink.meanSnrDb': [5], method: ['pwff'] };
    assert.deepEqual(labels({ grid }), ['uplink.meanSnrDb=0 downlink.meanSnrDb=5 method=pwff']);
  });

  it('are named by a strategy’s name and a hash of its options, by short lists and rounded numbers', () => {
    const [label = ''] = labels({
      list: [{ 'server.aggregation': { name: 'krum', byzantine: 1 }, stages: ['reward'], rate: 0.123456789 }],
    });
    assert.match(label, /^aggregation=krum-[0-9a-f]{4} stages=\["reward"\] rate=0\.123457$/);
  });
});

describe('a random search', () => {
  const rates = { draw: 'log-uniform', from: 1e-4, to: 1e-1 } as const;
  const numbers = (count: number, draw: Parameters<typeof drawnPoints>[0]['space'][string], seed = 1) =>
    drawnPoints({ count, seed, space: { x: draw } }).map(({ x }) => x as number);
  /** Four standard errors of a mean of uniform draws of this width: beyond it once in 16,000 times. */
  const fourErrors = (width: number, count: number) => (4 * width) / Math.sqrt(12 * count);

  it('draws by its seed alone: more points, or another setting, change none', () => {
    const few = drawnPoints({ count: 3, seed: 1, space: { x: rates } });
    const more = drawnPoints({ count: 5, seed: 1, space: { y: rates, x: rates } });
    assert.deepEqual(
      few.map(({ x }) => x),
      more.slice(0, 3).map(({ x }) => x),
    );
    assert.notDeepEqual(numbers(3, rates, 2), numbers(3, rates, 1));
    assert.notEqual(more[0]!['y'], more[0]!['x']);
  });

  it('draws numbers evenly, and of rates the logarithms', () => {
    const count = 4000;
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / count;
    const uniform = numbers(count, { draw: 'uniform', from: -2, to: 6 });
    assert.ok(Math.abs(mean(uniform) - 2) < fourErrors(8, count));
    assert.ok(uniform.every((value) => value > -2 && value < 6));
    const logs = numbers(count, rates).map(Math.log10);
    assert.ok(Math.abs(mean(logs) + 2.5) < fourErrors(3, count));
    assert.ok(logs.every((value) => value > -4 && value < -1));
  });

  it('draws whole numbers with both ends, and choices, each about as often', () => {
    const count = 4000;
    const integers = numbers(count, { draw: 'integer', from: 3, to: 6 });
    const choices = numbers(count, { draw: 'choice', of: [3, 4, 5, 6] });
    for (const drawn of [integers, choices]) {
      for (const value of [3, 4, 5, 6]) {
        const times = drawn.filter((each) => each === value).length;
        // Four standard errors of a binomial count with p = 1/4.
        assert.ok(Math.abs(times - count / 4) < 4 * Math.sqrt(count * (3 / 16)), `${value}: ${times}`);
      }
    }
  });

  it('refuses a range that is none', () => {
    assert.throws(() => numbers(1, { draw: 'uniform', from: 2, to: 1 }), {
      message: '/vary/random/space/x: goes from 2 to 1, expected "from" below "to"',
    });
    assert.throws(() => numbers(1, { draw: 'log-uniform', from: 0, to: 1 }), { message: /above 0/ });
    assert.throws(() => numbers(1, { draw: 'integer', from: 0.5, to: 1 }), { message: /expected integers/ });
  });
});
