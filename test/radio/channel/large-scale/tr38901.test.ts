import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { attenuation } from '../../../../src/radio/channel/large-scale/attenuation.js';
import { effectiveHeight } from '../../../../src/radio/channel/large-scale/effective-height.js';
import { indoorModels, indoorOf } from '../../../../src/radio/channel/large-scale/indoor.js';
import { positionsOf } from '../../../../src/radio/channel/large-scale/index.js';
import { lineOfSight, mixtureOf } from '../../../../src/radio/channel/large-scale/line-of-sight.js';
import { cellNotes } from '../../../../src/radio/channel/large-scale/notes.js';
import { pathLosses } from '../../../../src/radio/channel/large-scale/path-loss.js';
import type { Cell } from '../../../../src/radio/channel/large-scale/settings.js';
import { packageRoot } from '../../../../src/paths.js';
import { cell, client } from './a-cell.js';

const read = <T>(name: string) =>
  JSON.parse(readFileSync(join(packageRoot(), 'test/golden', name), 'utf8')) as T;

/** What test/golden/tr38901.py computed from the report. */
const golden = read<{
  readonly distancesMeters: readonly number[];
  readonly umiInSight: readonly number[];
  readonly uma: readonly {
    readonly clientHeightMeters: number;
    readonly inSight: readonly number[];
    readonly effectiveHeightIsOne: readonly number[];
  }[];
  readonly umaLosDb: readonly {
    readonly effectiveHeightMeters: number;
    readonly lossDb: readonly number[];
  }[];
  readonly walls: readonly {
    readonly indoorLoss: Cell['indoorLoss'];
    readonly gigahertz: number;
    readonly wallDb: number;
  }[];
}>('tr38901.json');

/** What test/golden/path-loss.py computed from the report, at a base of 10 m and a client of 1.5 m. */
const lossDbAt = (pathLoss: string, baseHeightMeters: number, meters: number): number => {
  const { distancesMeters, rows } = read<{
    readonly distancesMeters: readonly number[];
    readonly rows: readonly (Readonly<Record<string, unknown>> & { readonly lossDb: readonly number[] })[];
  }>('path-loss.json');
  const site = { pathLoss, baseHeightMeters, clientHeightMeters: 1.5, carrierHz: 2e9 };
  const row = rows.find((each) => Object.entries(site).every(([key, value]) => each[key] === value))!;
  return row.lossDb[distancesMeters.indexOf(meters)]!;
};

const carrierHz = 2e9;
const count = 10_000;
const clients = Array.from({ length: count }, (_, index) => client(index + 1));
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const sd = (values: readonly number[]) => {
  const center = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - center) ** 2)));
};
const lossOf = (here: Cell, who = client(1), seconds = 0) =>
  -attenuation(here, carrierHz, who, positionsOf(here, who))(0, seconds);
const at = (meters: number, changes: Partial<Cell>): Cell => ({
  ...cell,
  radiusMeters: 5000,
  distanceMeters: meters,
  ...changes,
});

function near(found: number, expected: number, tolerance: number) {
  assert.ok(Math.abs(found - expected) <= tolerance, `${found}, expected ${expected}`);
}

/** Within four standard errors of a frequency. */
function hasShare(found: number, probability: number, draws: number) {
  near(found, probability, 4 * Math.sqrt((probability * (1 - probability)) / draws) + 1e-12);
}

describe('a cell by TR 38.901', () => {
  it('has the base that goes with its formula: 25 m for UMa, 10 m for UMi', () => {
    // With a base of 25 m, UMi would break at 320 m, not at 120 m: 8.1 dB less at 1 km.
    near(
      lossOf(at(1000, { pathLoss: 'tr38901-umi-los', shadowingDb: 0 })),
      lossDbAt('tr38901-umi-los', 10, 1000),
      1e-7,
    );
    near(
      lossOf(at(1000, { pathLoss: 'tr38901-uma-los', shadowingDb: 0 })),
      lossDbAt('tr38901-uma-los', 25, 1000),
      1e-7,
    );
    const high = at(1000, { pathLoss: 'tr38901-umi-los', shadowingDb: 0, baseHeightMeters: 25 });
    near(lossOf(high), lossDbAt('tr38901-umi-los', 25, 1000), 1e-7);
    near(lossDbAt('tr38901-umi-los', 10, 1000) - lossDbAt('tr38901-umi-los', 25, 1000), 8.1, 0.05);
  });

  it('has shadowing that is correlated over the distance of table 7.5-6', () => {
    assert.deepEqual(
      Object.entries(pathLosses).map(([name, { shadowingMeters }]) => [name, shadowingMeters]),
      [
        ['tr38901-uma-los', 37],
        ['tr38901-uma-nlos', 50],
        ['tr38901-umi-los', 10],
        ['tr38901-umi-nlos', 13],
        ['tr36814-macro', 50],
        ['free-space', 50],
      ],
    );
    // A client walks straight away from the server at 1 m/s: after 10 m a correlation of 1/e is left.
    const walk = (meters: number) => ({
      at: () => ({ x: meters, y: 0 }),
      distanceMeters: () => 100,
      travelledMeters: (seconds: number) => seconds,
    });
    const here = at(100, { pathLoss: 'tr38901-umi-los' });
    const pairs = clients.map((who) => {
      const loss = attenuation(here, carrierHz, who, walk(100));
      return [loss(0, 0), loss(0, 10)] as const;
    });
    const [before, after] = [pairs.map(([x]) => x), pairs.map(([, y]) => y)];
    const [left, right] = [mean(before), mean(after)];
    const products = pairs.map(([x, y]) => (x - left) * (y - right));
    near(mean(products) / (sd(before) * sd(after)), Math.exp(-1), 4 / Math.sqrt(count) + 0.004);
  });
});

describe('the effective height of UMa', () => {
  it('is 1 m for clients up to 13 m', () => {
    assert.equal(effectiveHeight(1.5, client(1)), undefined);
    assert.equal(effectiveHeight(13, client(1)), undefined);
  });

  it('is 1 m with probability 1 / (1 + C), else 12, 15, … up to 1.5 m below the client', () => {
    for (const { clientHeightMeters, effectiveHeightIsOne } of golden.uma.slice(2)) {
      golden.distancesMeters.forEach((meters, place) => {
        const heights = clients.map((who) => effectiveHeight(clientHeightMeters, who)!(meters));
        const ones = heights.filter((height) => height === 1).length;
        hasShare(ones / count, effectiveHeightIsOne[place]!, count);
        const possible = [12, 15, 18, 21].filter((height) => height <= clientHeightMeters - 1.5);
        for (const height of possible) {
          const share = heights.filter((each) => each === height).length / count;
          hasShare(share, (1 - effectiveHeightIsOne[place]!) / possible.length, count);
        }
      });
    }
  });

  it('moves the breakpoint', () => {
    const site = { baseHeightMeters: 25, clientHeightMeters: 22.5, carrierHz };
    for (const { effectiveHeightMeters, lossDb } of golden.umaLosDb) {
      golden.distancesMeters.forEach((meters, place) => {
        const of = { ...site, effectiveHeightMeters: () => effectiveHeightMeters };
        near(pathLosses['tr38901-uma-los'].lossDb(meters, of), lossDb[place]!, 1e-7);
      });
    }
    const high = at(1000, { pathLoss: 'tr38901-uma-los', shadowingDb: 0, clientHeightMeters: 22.5 });
    const found = new Set(clients.slice(0, 200).map((who) => lossOf(high, who).toFixed(6)));
    assert.deepEqual(
      [...found].sort(),
      [...new Set(golden.umaLosDb.map(({ lossDb }) => lossDb[6]!.toFixed(6)))].sort(),
    );
  });
});

describe('a line of sight', () => {
  const uma = mixtureOf('tr38901-uma')!;
  const umi = mixtureOf('tr38901-umi')!;

  it('has the probability of table 7.4.2-1', () => {
    golden.distancesMeters.forEach((meters, place) => {
      near(umi.probability(meters, 1.5), golden.umiInSight[place]!, 1e-8);
      for (const { clientHeightMeters, inSight } of golden.uma) {
        near(uma.probability(meters, clientHeightMeters), inSight[place]!, 1e-8);
      }
    });
  });

  it('is there for this share of the clients, with the loss of its formula, else with that of the other', () => {
    for (const [name, base, probability] of [
      ['tr38901-uma', 25, golden.uma[0]!.inSight[4]!],
      ['tr38901-umi', 10, golden.umiInSight[4]!],
    ] as const) {
      const losses = clients.map((who) => lossOf(at(100, { pathLoss: name, shadowingDb: 0 }), who));
      const [clear, blocked] = ['los', 'nlos'].map((way) => lossDbAt(`${name}-${way}`, base, 100));
      const isClear = losses.map((loss) => Math.abs(loss - clear!) < 1e-7);
      assert.ok(losses.every((loss, index) => isClear[index] || Math.abs(loss - blocked!) < 1e-7));
      hasShare(isClear.filter(Boolean).length / count, probability, count);
    }
  });

  it('is correlated over 50 m of way', () => {
    // Two normals of correlation 1/e are both below 0 with probability 1/4 + asin(1/e) / (2 pi).
    const even = { ...uma, probability: () => 0.5 };
    const both = clients.filter((who) => {
      const isClear = lineOfSight(even, 1.5, who);
      return isClear(0, 100) && isClear(50, 100);
    });
    hasShare(both.length / count, 0.25 + Math.asin(Math.exp(-1)) / (2 * Math.PI), count);
  });

  it('has the shadowing of its state', () => {
    const spread = (meters: number) =>
      sd(clients.map((who) => lossOf(at(meters, { pathLoss: 'tr38901-uma' }), who)));
    // In sight up to 18 m: 4 dB. At 5 km 36 of 10,000 are in sight: 6 dB, and their 25 dB less add 0.2 dB.
    near(spread(18), 4, (4 * 4) / Math.sqrt(2 * count));
    near(spread(5000), 6, 0.35);
  });

  it('is a function of the place on the way, in whatever order it is asked', () => {
    const mobility = { minSpeedMetersPerSecond: 5, maxSpeedMetersPerSecond: 15, pauseSeconds: 0 };
    const here: Cell = { ...cell, pathLoss: 'tr38901-uma', mobility, indoorShare: 0.5 };
    const times = Array.from({ length: 500 }, (_, index) => index * 7.3);
    const forward = attenuation(here, carrierHz, client(1), positionsOf(here, client(1)));
    const expected = times.map((seconds) => forward(0, seconds));
    const backward = attenuation(here, carrierHz, client(1), positionsOf(here, client(1)));
    for (let i = times.length - 1; i >= 0; i--) assert.equal(backward(0, times[i]!), expected[i]);
  });
});

describe('a client indoors', () => {
  const indoors = clients.map((who) => indoorOf({ indoorShare: 1, indoorLoss: 'low' }, carrierHz, who)!);

  it('has walls of the materials of table 7.4.3-1', () => {
    for (const { indoorLoss, gigahertz, wallDb } of golden.walls) {
      near(indoorModels[indoorLoss].wallDb(gigahertz), wallDb, 1e-7);
    }
  });

  it('is so with the probability that the scenario gives', () => {
    const share = (indoorShare: number) =>
      clients.filter((who) => indoorOf({ indoorShare, indoorLoss: 'low' }, carrierHz, who) !== null).length /
      count;
    assert.equal(share(0), 0);
    assert.equal(share(1), 1);
    hasShare(share(0.8), 0.8, count);
  });

  it('stands behind the lesser of two distances up to 25 m, and has a random part of 4.4 or 6.5 dB', () => {
    const inside = indoors.map(({ insideMeters }) => insideMeters);
    // Mean 25 / 3, standard deviation 25 / sqrt(18).
    near(mean(inside), 25 / 3, (4 * 25) / Math.sqrt(18 * count));
    near(sd(inside), 25 / Math.sqrt(18), 0.15);
    for (const [indoorLoss, deviationDb] of [
      ['low', 4.4],
      ['high', 6.5],
    ] as const) {
      const { wallDb } = golden.walls.find((wall) => wall.indoorLoss === indoorLoss && wall.gigahertz === 2)!;
      const rest = clients.map((who) => {
        const { lossDb, insideMeters } = indoorOf({ indoorShare: 1, indoorLoss }, carrierHz, who)!;
        return lossDb - wallDb - 0.5 * insideMeters;
      });
      near(mean(rest), 0, (4 * deviationDb) / Math.sqrt(count));
      near(sd(rest), deviationDb, (4 * deviationDb) / Math.sqrt(2 * count));
    }
  });

  it('pays for it beyond the loss outdoors, with shadowing of 7 dB', () => {
    const here = at(100, { pathLoss: 'tr38901-umi-nlos', indoorShare: 1 });
    const still = { ...here, shadowingDb: 0 };
    clients.slice(0, 20).forEach((who, index) => {
      near(lossOf(still, who), lossDbAt('tr38901-umi-nlos', 10, 100) + indoors[index]!.lossDb, 1e-7);
    });
    const shadows = clients.map((who) => lossOf(here, who) - lossOf(still, who));
    near(sd(shadows), 7, (4 * 7) / Math.sqrt(2 * count));
  });

  it('sees the server by the way outdoors', () => {
    // 43 m away and at most 25 m inside, at least 18 m outdoors; 20 m away, mostly less.
    const sees = (meters: number) => {
      const here = at(meters, { pathLoss: 'tr38901-umi', indoorShare: 1, shadowingDb: 0 });
      const clearDb = pathLosses['tr38901-umi-los'].lossDb(meters, {
        baseHeightMeters: 10,
        clientHeightMeters: 1.5,
        carrierHz,
      });
      return clients.map((who, index) => lossOf(here, who) - indoors[index]!.lossDb - clearDb < 1e-7);
    };
    const near20 = sees(20);
    assert.ok(near20.every((clear, index) => clear || indoors[index]!.insideMeters < 2));
    // P(min of two uniforms on 0..25 <= 2) = 1 - (23/25)^2 = 0.1536: few of them do not see it.
    assert.ok(near20.filter(Boolean).length / count > 1 - 0.1536);
  });
});

describe('a formula beyond its source', () => {
  const notes = (changes: Partial<Cell>) =>
    cellNotes({ seed: 1, channel: { cell: { ...cell, ...changes } }, clients: { count: 3 } });

  it('is noted where the base is higher, or a client nearer', () => {
    const far = {
      positions: [
        [100, 0],
        [0, 120],
        [-90, 0],
      ],
    };
    assert.deepEqual(notes({ ...far, pathLoss: 'tr38901-umi' }), []);
    const [high] = notes({ ...far, pathLoss: 'tr38901-umi', baseHeightMeters: 25 });
    assert.match(high!, /baseHeightMeters: "tr38901-umi" is given for a base of 10 m, not of 25 m/);
    const [close] = notes({
      positions: [
        [100, 0],
        [0, 20],
        [-90, 0],
      ],
    });
    assert.match(close!, /given from 35 m on, and a client is 20 m from the server/);
    assert.deepEqual(cellNotes({ seed: 1, channel: { cell: null }, clients: { count: 3 } }), []);
  });
});
