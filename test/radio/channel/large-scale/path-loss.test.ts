import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import {
  breakpointMeters,
  pathLosses,
  type Site,
} from '../../../../src/radio/channel/large-scale/path-loss.js';
import { packageRoot } from '../../../../src/paths.js';

type Name = keyof typeof pathLosses;

/** What test/golden/path-loss.py computed from the reports. */
const golden = JSON.parse(readFileSync(join(packageRoot(), 'test/golden/path-loss.json'), 'utf8')) as {
  readonly distancesMeters: readonly number[];
  readonly rows: readonly (Site & { readonly pathLoss: Name; readonly lossDb: readonly number[] })[];
};

const names = Object.keys(pathLosses) as Name[];
const macro: Site = { baseHeightMeters: 25, clientHeightMeters: 1.5, carrierHz: 2e9 };
const micro: Site = { baseHeightMeters: 10, clientHeightMeters: 1.5, carrierHz: 3.5e9 };
const loss = (name: Name, meters: number, site: Site) => pathLosses[name].lossDb(meters, site);

const anySite = fc.record({
  baseHeightMeters: fc.double({ min: 5, max: 50, noNaN: true }),
  clientHeightMeters: fc.double({ min: 1.5, max: 22.5, noNaN: true }),
  carrierHz: fc.double({ min: 0.5e9, max: 100e9, noNaN: true }),
});
const anyMeters = fc.double({ min: 1, max: 10_000, noNaN: true });

function near(actual: number, expected: number, tolerance: number) {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual}, expected ${expected}`);
}

describe('path loss', () => {
  it('is what the reports give, computed once more in another language (test/golden/path-loss.py)', () => {
    assert.deepEqual([...new Set(golden.rows.map(({ pathLoss }) => pathLoss))], names);
    for (const { pathLoss, lossDb, ...site } of golden.rows) {
      golden.distancesMeters.forEach((meters, i) => near(loss(pathLoss, meters, site), lossDb[i]!, 1e-7));
    }
  });

  it('is what a hand gets from TR 38.901 for UMa at 2 GHz, 25 m and 1.5 m high', () => {
    // Slant distance at 100 m: sqrt(100^2 + 23.5^2) = 102.7241, its logarithm 2.011672; 20 log10(2) = 6.0206.
    near(loss('tr38901-uma-los', 100, macro), 28 + 22 * 2.011672 + 6.0206, 1e-4);
    near(loss('tr38901-uma-nlos', 100, macro), 13.54 + 39.08 * 2.011672 + 6.0206, 1e-4);
    // Behind the breakpoint of 320 m: log10(1000.276) = 3.00012, log10(320^2 + 23.5^2) = 5.012636.
    near(loss('tr38901-uma-los', 1000, macro), 28 + 40 * 3.00012 + 6.0206 - 9 * 5.012636, 1e-4);
  });

  it('is what a hand gets for UMi at 3.5 GHz, 10 m and 1.5 m high', () => {
    // sqrt(100^2 + 8.5^2) = 100.3606, its logarithm 2.001563; log10(3.5) = 0.544068.
    near(loss('tr38901-umi-los', 100, micro), 32.4 + 21 * 2.001563 + 20 * 0.544068, 1e-4);
    near(loss('tr38901-umi-nlos', 100, micro), 22.4 + 35.3 * 2.001563 + 21.3 * 0.544068, 1e-4);
  });

  it('breaks at 4 h h fc / c, heights counted from 1 m', () => {
    near(breakpointMeters(macro), (4 * 24 * 0.5 * 2e9) / 3e8, 1e-9);
    near(breakpointMeters(macro), 320, 1e-9);
    near(breakpointMeters(micro), 210, 1e-9);
    assert.equal(breakpointMeters({ ...macro, clientHeightMeters: 0.5 }), 0);
  });

  it('has no jump at the breakpoint', () => {
    for (const name of ['tr38901-uma-los', 'tr38901-umi-los'] as const) {
      for (const site of [macro, micro]) {
        const meters = breakpointMeters(site);
        near(loss(name, meters * (1 + 1e-9), site), loss(name, meters, site), 1e-6);
      }
    }
  });

  it('of the macro cell is 128.1 dB at 1 km and 2 GHz, and 120.9 dB at 900 MHz', () => {
    near(loss('tr36814-macro', 1000, macro), 128.1, 1e-9);
    near(loss('tr36814-macro', 100, macro), 90.5, 1e-9);
    near(loss('tr36814-macro', 1000, { ...macro, carrierHz: 0.9e9 }), 120.9, 0.1);
  });

  it('of the macro cell is free space near the mast', () => {
    assert.equal(loss('tr36814-macro', 10, macro), loss('free-space', 10, macro));
    assert.ok(loss('tr36814-macro', 35, macro) > loss('free-space', 35, macro));
  });

  it('of free space is the textbook 32.45 + 20 log10(MHz) + 20 log10(km)', () => {
    const level = { ...macro, baseHeightMeters: 1.5 };
    near(loss('free-space', 1000, { ...level, carrierHz: 1e6 }), 32.45, 0.003);
    near(loss('free-space', 1000, { ...level, carrierHz: 2.4e9 }), 100.05, 0.005);
  });

  it('grows with distance and carrier, and without a line of sight', () => {
    fc.assert(
      fc.property(anySite, anyMeters, fc.constantFrom(...names), (site, meters, name) => {
        assert.ok(loss(name, meters * 1.1, site) > loss(name, meters, site));
        assert.ok(loss('tr38901-uma-nlos', meters, site) >= loss('tr38901-uma-los', meters, site));
        assert.ok(loss('tr38901-umi-nlos', meters, site) >= loss('tr38901-umi-los', meters, site));
      }),
    );
    fc.assert(
      fc.property(anySite, fc.constantFrom(...names), (site, name) => {
        const higher = { ...site, carrierHz: site.carrierHz * 1.1 };
        assert.ok(loss(name, 50, higher) > loss(name, 50, site));
      }),
    );
  });

  it('comes with the shadowing of its report, its ranges and its source', () => {
    assert.deepEqual(
      names.map((name) => [name, pathLosses[name].shadowingDb]),
      [
        ['tr38901-uma-los', 4],
        ['tr38901-uma-nlos', 6],
        ['tr38901-umi-los', 4],
        ['tr38901-umi-nlos', 7.82],
        ['tr36814-macro', 8],
        ['free-space', 0],
      ],
    );
    for (const { carrierHz, distanceMeters, clientHeightMeters, source } of Object.values(pathLosses)) {
      for (const { from, to } of [carrierHz, distanceMeters, clientHeightMeters]) assert.ok(from < to);
      assert.ok(source.length > 10);
    }
  });
});
