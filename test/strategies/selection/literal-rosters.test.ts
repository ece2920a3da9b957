import assert from 'node:assert/strict';
import { asked, counted, gave, isNear, picked, roster } from './rosters.js';

const draws = 4000;

describe('selection "round-robin"', () => {
  it('takes the next ones in their order, around and around', () => {
    const turns: Record<string, number[]> = { a: [], b: [], c: [], d: [], e: [] };
    const taken = Array.from({ length: 6 }, (_, version) => {
      const clients = Object.entries(turns).map(
        ([client, versions]) => [client, asked(...versions)] as const,
      );
      const cohort = picked('round-robin', roster(2, version, Object.fromEntries(clients)));
      for (const client of cohort.split(' ')) turns[client]!.push(version);
      return cohort;
    });
    assert.deepEqual(taken, ['a b', 'c d', 'a e', 'b c', 'd e', 'a b']);
  });

  it('takes first who was asked longest ago, where some could not be asked', () => {
    assert.equal(picked('round-robin', roster(2, 9, { a: asked(8), b: asked(2), c: asked(0, 7) })), 'b c');
  });
});

describe('selection "by-rows"', () => {
  it('takes one with probability proportional to its rows', () => {
    const shares = counted(
      'by-rows',
      roster(1, 0, { a: { rows: 10 }, b: { rows: 30 }, c: { rows: 60 } }),
      draws,
    );
    assert.ok(isNear(shares['a']!, 0.1) && isNear(shares['b']!, 0.3) && isNear(shares['c']!, 0.6));
  });

  it('takes the second in proportion among those that are left', () => {
    // Without a: b first 0.3/1, c first 0.6/1. P(a) = 0.1 + 0.3 · 10/70 + 0.6 · 10/40.
    const shares = counted(
      'by-rows',
      roster(2, 0, { a: { rows: 10 }, b: { rows: 30 }, c: { rows: 60 } }),
      draws,
    );
    assert.ok(isNear(shares['a']!, 0.1 + 3 / 70 + 6 / 40), String(shares['a']));
  });

  it('takes those without rows last, and then at random', () => {
    const shares = counted(
      'by-rows',
      roster(2, 0, { a: { rows: 0 }, b: { rows: 5 }, c: { rows: 0 } }),
      draws,
    );
    assert.equal(shares['b'], 1);
    assert.ok(isNear(shares['a']!, 0.5));
  });
});

describe('selection "power-of-choice"', () => {
  const losses = { a: gave([0, 1, 1]), b: gave([0, 4, 1]), c: gave([0, 2, 1]), d: gave([0, 3, 1]) };

  it('takes those with the highest loss, where all are candidates', () => {
    assert.equal(picked({ name: 'power-of-choice', candidates: 4 }, roster(2, 1, losses)), 'b d');
    assert.equal(picked('power-of-choice', roster(2, 1, losses)), 'b d');
  });

  it('takes first who was never measured', () => {
    const some = { ...losses, e: {}, f: {} };
    assert.equal(picked({ name: 'power-of-choice', candidates: 6 }, roster(3, 1, some)), 'b e f');
  });

  it('takes the best of the candidates and of nobody else: ranks among them are no places among all', () => {
    // Only c and d have rows, so they are the candidates; a version that takes their ranks 0 and 1 as clients takes a or b.
    const some = { a: gave([0, 9, 1]), b: gave([0, 8, 1]), c: gave([0, 1, 1]), d: gave([0, 2, 1]) };
    const rows = Object.entries(some).map(([id, it]) => [id, { ...it, rows: 'cd'.includes(id) ? 5 : 0 }]);
    const given = roster(1, 1, Object.fromEntries(rows) as typeof some);
    for (let n = 0; n < 20; n++) {
      assert.equal(picked({ name: 'power-of-choice', candidates: 2 }, given), 'd');
    }
  });

  it('draws the candidates by rows', () => {
    // With d = 1 the candidate itself is taken.
    const given = roster(1, 1, { a: { ...losses.a, rows: 30 }, b: { ...losses.b, rows: 10 } });
    const shares = counted({ name: 'power-of-choice', candidates: 1 }, given, draws);
    assert.ok(isNear(shares['a']!, 0.75), String(shares['a']));
  });
});

describe('selection "by-channel"', () => {
  it('takes the best uplinks', () => {
    const given = roster(2, 0, { a: { uplinkSnrDb: -3 }, b: { uplinkSnrDb: 12 }, c: { uplinkSnrDb: 7 } });
    assert.equal(picked('by-channel', given), 'b c');
  });

  it('breaks ties by lot', () => {
    const shares = counted('by-channel', roster(2, 0, { a: {}, b: { uplinkSnrDb: 9 }, c: {} }), draws);
    assert.equal(shares['b'], 1);
    assert.ok(isNear(shares['a']!, 0.5));
  });
});

describe('selection "energy-aware"', () => {
  it('takes those that have spent the least', () => {
    assert.equal(
      picked('energy-aware', roster(2, 0, { a: { joules: 3 }, b: { joules: 1 }, c: { joules: 2 } })),
      'b c',
    );
  });
});

describe('selection "proportional-fair"', () => {
  // log2(1 + 1) = 1 bit/s/Hz at 0 dB, log2(1 + 3) = 2 at 10 log10 3 dB.
  const [one, two] = [0, 10 * Math.log10(3)];
  const at = (uplinkSnrDb: number, ...versions: readonly number[]) => ({
    uplinkSnrDb,
    orders: versions.length,
    asked: versions.map((version) => ({ version, uplinkSnrDb })),
  });

  it('takes first who was never served', () => {
    assert.equal(picked('proportional-fair', roster(1, 1, { a: at(two, 0), b: at(one) })), 'b');
  });

  it('weighs the rate now against the average of what was served', () => {
    // With w = 2 at version 2: served in version 1 counts 1/2 of the rate, in version 0 1/4.
    const window = { name: 'proportional-fair', window: 2 };
    // Rates that never change cancel: a has 2 / (2/2) = 2, b has 1 / (1/4) = 4.
    assert.equal(picked(window, roster(1, 2, { a: at(two, 1), b: at(one, 0) })), 'b');
    // Served alike, at 1 bit/s/Hz: a, which is better now than then, has 2 / (1/4) = 8, b has 1 / (1/4) = 4.
    const better = { ...at(one, 0), uplinkSnrDb: two };
    assert.equal(picked(window, roster(1, 2, { b: at(one, 0), a: better })), 'a');
    // Served both times: a has 2 / (1/2 + 1/4) = 2.7 beside b's 1 / (1/2) = 2.
    const twice = { ...at(one, 0, 1), uplinkSnrDb: two };
    assert.equal(picked(window, roster(1, 2, { a: twice, b: at(one, 1) })), 'a');
  });
});
