import assert from 'node:assert/strict';
import { stream } from '../../../src/simulation/random/stream.js';
import { asked, counted, gave, isNear, picked, roster } from './rosters.js';

const draws = 4000;

/** Six clients in three tiers of two; the losses are those of both clients of a tier, profiled in version 0. */
const tiersOf = (first: number, second: number, third: number) => ({
  a: gave([0, first, 1]),
  b: gave([0, first, 2]),
  c: gave([0, second, 3]),
  d: gave([0, second, 4]),
  e: gave([0, third, 5]),
  f: gave([0, third, 6]),
});
const three = { name: 'tifl', tiers: 3 };

/** The same, where these versions drew those tiers: [version, client, client] each. */
function after(
  profiled: ReturnType<typeof tiersOf>,
  ...drawn: readonly (readonly [number, string, string])[]
) {
  return Object.fromEntries(
    Object.entries(profiled).map(([client, { asked: before, ...rest }]) => {
      const later = drawn.filter(([, ...cohort]) => cohort.includes(client)).map(([version]) => version);
      return [client, { ...rest, ...asked(...before.map(({ version }) => version), ...later) }];
    }),
  );
}

describe('selection "tifl"', () => {
  it('profiles each client once first', () => {
    const given = roster(2, 1, { a: gave([0, 1, 1]), b: gave([0, 1, 1]), c: {}, d: {} });
    assert.equal(picked({ name: 'tifl', tiers: 2 }, given), 'c d');
    const odd = picked(
      { name: 'tifl', tiers: 1 },
      roster(2, 1, { a: gave([0, 1, 1]), b: gave([0, 1, 1]), c: {} }),
    );
    assert.match(odd, /^(a|b) c$/);
  });

  it('takes all of one tier of like latency, each tier equally often at first', () => {
    const given = roster(2, 1, tiersOf(1, 1, 1));
    for (let n = 0; n < 50; n++) {
      assert.ok(['a b', 'c d', 'e f'].includes(picked(three, given, stream(n))));
    }
    const shares = counted(three, given, draws);
    for (const client of ['a', 'c', 'e']) assert.ok(isNear(shares[client]!, 1 / 3), JSON.stringify(shares));
  });

  it('puts who did not answer into the slowest tier', () => {
    const given = roster(1, 1, { a: asked(0), b: gave([0, 1, 9]), c: gave([0, 1, 1]), d: asked(0) });
    const shares = counted({ name: 'tifl', tiers: 2 }, given, draws);
    assert.ok(isNear(shares['b']! + shares['c']!, 1 / 2), JSON.stringify(shares));
  });

  it('draws without replacement in a tier', () => {
    for (let n = 0; n < 50; n++)
      assert.equal(
        picked(
          { name: 'tifl', tiers: 1 },
          roster(2, 1, { a: gave([0, 1, 1]), b: gave([0, 1, 1]) }),
          stream(n),
        ),
        'a b',
      );
  });

  it('draws the worst tier most often, by rank, once the tier drawn last does not get better', () => {
    // n = 3, D = 3: the worst 2/3, the next 1/3, the best 0.
    const given = roster(2, 2, after(tiersOf(1, 9, 5), [1, 'a', 'b']));
    const shares = counted({ ...three, interval: 1 }, given, draws);
    assert.equal(shares['a'], 0);
    assert.ok(isNear(shares['c']!, 2 / 3) && isNear(shares['e']!, 1 / 3), JSON.stringify(shares));
  });

  it('leaves the probabilities as they are while the tier drawn last gets better', () => {
    // In version 1 tier a b went from a loss of 3 to one of 1.
    const better = { a: gave([0, 3, 1], [1, 1, 1]), b: gave([0, 3, 2], [1, 1, 2]) };
    const given = roster(2, 2, { ...tiersOf(3, 9, 5), ...better });
    const shares = counted({ ...three, interval: 1 }, given, draws);
    assert.ok(isNear(shares['a']!, 1 / 3), JSON.stringify(shares));
  });

  it('draws no tier whose credits are used up, and profiling uses none', () => {
    const drawn = after(tiersOf(1, 1, 1), [1, 'a', 'b'], [2, 'e', 'f']);
    for (let n = 0; n < 50; n++)
      assert.equal(picked({ ...three, credits: 1 }, roster(2, 3, drawn), stream(n)), 'c d');
  });

  it('ranks only tiers with credits', () => {
    // a b is used up: n = 2, D = 1, so the worse of the others is certain.
    const given = roster(2, 2, after(tiersOf(1, 9, 5), [1, 'a', 'b']));
    for (let n = 0; n < 50; n++) {
      assert.equal(picked({ ...three, interval: 1, credits: 1 }, given, stream(n)), 'c d');
    }
  });

  it('draws among tiers with somebody to select', () => {
    const given = { ...roster(2, 1, tiersOf(1, 1, 1)), clients: ['c', 'e'] };
    for (let n = 0; n < 50; n++) assert.ok(['c', 'e'].includes(picked(three, given, stream(n))));
  });
});
