import assert from 'node:assert/strict';
import { counted, gave, isNear, picked, roster } from './rosters.js';

const draws = 4000;
/** Nothing but what the test is about: no exploration, everybody is fast enough, nothing is cut off. */
const plain = { name: 'oort', exploration: 0, leastExploration: 0, preferred: 1, clip: 1, cutOff: 0 };

describe('selection "oort"', () => {
  it('draws by rows times loss, scaled, and by how long a client was not seen', () => {
    // U = 10, 20, 30 → 0, 1/2, 1; at R = 1 the logarithm is 0.
    const seen = { a: gave([0, 1, 1]), b: gave([0, 2, 1]), c: gave([0, 3, 1]) };
    const shares = counted(plain, roster(1, 0, seen), draws);
    assert.equal(shares['a'], 0);
    assert.ok(isNear(shares['b']!, 1 / 3) && isNear(shares['c']!, 2 / 3), JSON.stringify(shares));
  });

  it('adds √(0.1 ln R / L) for who was not seen for long', () => {
    // Equal losses scale to 0. At R = 11: L = 1 and L = 4, whose roots are as 2 to 1.
    const shares = counted(plain, roster(1, 10, { a: gave([0, 1, 1]), b: gave([3, 1, 1]) }), draws);
    assert.ok(isNear(shares['a']!, 2 / 3), JSON.stringify(shares));
  });

  it('divides what is slower than preferred by the square of how much slower it is', () => {
    // Equal losses, L = 1. T is the faster one's: (1/2)² = 1/4 beside 1.
    const given = roster(1, 10, { a: gave([0, 1, 1]), b: gave([0, 1, 2]) });
    const shares = counted({ ...plain, preferred: 0 }, given, draws);
    assert.ok(isNear(shares['a']!, 4 / 5), JSON.stringify(shares));
  });

  it('does not punish who takes the preferred time or less', () => {
    const given = roster(1, 10, { a: gave([0, 1, 1]), b: gave([0, 1, 2]) });
    assert.ok(isNear(counted(plain, given, draws)['a']!, 1 / 2));
  });

  it('lets the pacer raise the preferred time when the utility of a window fell, and then only', () => {
    const windows = { ...plain, preferred: 0, pacerStep: 1, pacerWindow: 1 };
    // Losses 3 then 1: fell, so the preferred time becomes the slowest one's, and both count alike.
    const fell = roster(1, 2, { a: gave([0, 3, 1], [1, 1, 1]), b: gave([0, 3, 2], [1, 1, 2]) });
    assert.ok(isNear(counted(windows, fell, draws)['a']!, 1 / 2));
    const rose = roster(1, 2, { a: gave([0, 1, 1], [1, 3, 1]), b: gave([0, 1, 2], [1, 3, 2]) });
    assert.ok(isNear(counted(windows, rose, draws)['a']!, 4 / 5));
  });

  it('cuts outliers off at a percentile', () => {
    // U = 10, 20, 90: at the median b and c are both 1, a is 0.
    const given = roster(1, 0, { a: gave([0, 1, 1]), b: gave([0, 2, 1]), c: gave([0, 9, 1]) });
    const shares = counted({ ...plain, clip: 0.5 }, given, draws);
    assert.ok(isNear(shares['b']!, 1 / 2) && isNear(shares['c']!, 1 / 2), JSON.stringify(shares));
  });

  it('draws nobody far below the last who would be selected by utility alone', () => {
    const given = roster(2, 0, {
      a: gave([0, 1, 1]),
      b: gave([0, 2, 1]),
      c: gave([0, 3, 1]),
      d: gave([0, 3, 1]),
    });
    assert.equal(picked({ ...plain, cutOff: 0.95 }, given), 'c d');
  });

  it('explores, by the speed of the device, the share of the version', () => {
    const [known, other] = [gave([0, 1, 1]), { gigaflopsPerSecond: 1 }];
    const given = roster(4, 0, {
      a: known,
      b: known,
      c: known,
      d: known,
      e: other,
      f: other,
      g: other,
      h: other,
    });
    const explored = (choice: object, version: number) =>
      picked({ name: 'oort', ...choice }, { ...given, version })
        .split(' ')
        .filter((client) => client > 'd').length;
    // floor(0.1 · 4) = 0 known at first; 0.9 · 0.98^40 = 0.40, floor(2.4) = 2 known; at least 0.2: 3 known.
    assert.equal(explored({}, 0), 4);
    assert.equal(explored({}, 40), 2);
    assert.equal(explored({}, 1000), 1);
    const two = roster(1, 0, { a: { gigaflopsPerSecond: 3 }, b: { gigaflopsPerSecond: 1 } });
    assert.ok(isNear(counted('oort', two, draws)['a']!, 3 / 4));
  });

  it('takes of the others where there are too few to explore, or to exploit', () => {
    const known = gave([0, 1, 1]);
    assert.equal(picked('oort', roster(2, 0, { a: known, b: known })), 'a b');
    assert.equal(
      picked({ name: 'oort', exploration: 0, leastExploration: 0 }, roster(2, 0, { a: {}, b: {} })),
      'a b',
    );
  });
});
