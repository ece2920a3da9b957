import assert from 'node:assert/strict';
import { meanSnr } from '../../../../src/radio/channel/large-scale/index.js';
import { dbmOfWatts, noiseDbmOf, snrDbOf } from '../../../../src/radio/channel/large-scale/link-budget.js';
import { cell, client } from './a-cell.js';

const stated = { meanSnrDb: 5, referencePowerWatts: 1, referenceBandwidthHz: 1e6, interference: null };
const uplink = { ...stated, direction: 'uplink' as const, powerWatts: 0.2, bandwidthHz: 1e6 };
const downlink = { ...stated, direction: 'downlink' as const, powerWatts: 20, bandwidthHz: 10e6 };
const mobility = { minSpeedMetersPerSecond: 0.5, maxSpeedMetersPerSecond: 1.5, pauseSeconds: 0 };
const elsewhere = { carrierHz: 2e9, distanceLaw: null };
const decibels = (ratio: number) => 10 * Math.log10(ratio);

function near(actual: number, expected: number, tolerance: number) {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual}, expected ${expected}`);
}

describe('the mean SNR of a link', () => {
  it('is the scenario’s where there is no cell', () => {
    const snr = meanSnr({ cell: null, ...elsewhere }, { ...uplink, powerWatts: 1 }, client(1));
    // shared reference channel.json: 5 dB.
    near(snr.ratioAt(0), 3.16227766, 1e-8);
    assert.equal(snr.ratioAt(1e5), snr.ratioAt(0));
    assert.equal(snr.constant, true);
  });

  it('is power, gain, path loss, shadowing and noise added up in decibels', () => {
    // 0.2 W = 23.01 dBm, 1 MHz at -174 dBm/Hz and 7 dB = -107 dBm, 128.1 + 37.6 log10(0.25) = 105.4625 dB.
    const here = { ...cell, positions: [[150, 200]], shadowingDb: 0, antennaGainDb: 2 };
    const snr = meanSnr({ cell: here, ...elsewhere }, uplink, client(1));
    near(decibels(snr.ratioAt(0)), 23.0103 + 2 - 105.4625 + 107, 1e-3);
    assert.equal(snr.constant, true);
  });

  it('rests on 1 W being 30 dBm, and on 7 dB above -174 dBm/Hz being -94 dBm over 20 MHz', () => {
    near(dbmOfWatts(1), 30, 1e-12);
    near(dbmOfWatts(0.001), 0, 1e-12);
    near(noiseDbmOf(cell, 20e6), -93.9897, 1e-4);
    const budget = { powerDbm: 30, antennaGainDb: 5, pathLossDb: 100, shadowingDb: -4, noiseDbm: -90 };
    assert.equal(snrDbOf(budget), 29);
  });

  it('differs between the directions of a client by power and bandwidth alone', () => {
    const radio = { cell: { ...cell, mobility }, ...elsewhere };
    const [up, down] = [meanSnr(radio, uplink, client(1)), meanSnr(radio, downlink, client(1))];
    for (const seconds of [0, 60, 5000, 1]) {
      // 20 dB more power, 10 dB more noise.
      near(decibels(down.ratioAt(seconds) / up.ratioAt(seconds)), 10, 1e-9);
    }
  });

  it('counts the least distance for a client that is nearer', () => {
    const at = (x: number) =>
      meanSnr({ cell: { ...cell, positions: [[x, 0]] }, ...elsewhere }, uplink, client(1)).ratioAt(0);
    assert.equal(at(0), at(10));
    assert.ok(at(10) > at(11));
  });

  it('has the standard deviation that the path-loss formula brings, unless the scenario gives one', () => {
    const spread = (shadowingDb: number | null) => {
      const here = { ...cell, positions: [[100, 0]], shadowingDb };
      const values = Array.from({ length: 20_000 }, (_, i) =>
        decibels(meanSnr({ cell: here, ...elsewhere }, uplink, { ...client(1), id: `c${i}` }).ratioAt(0)),
      );
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
    };
    // 3 standard errors: sigma / sqrt(2 n).
    near(spread(null), 8, (3 * 8) / Math.sqrt(40_000));
    near(spread(3), 3, (3 * 3) / Math.sqrt(40_000));
  });

  it('changes as the client moves, the same in whatever order it is asked', () => {
    const radio = { cell: { ...cell, mobility }, ...elsewhere };
    const forward = meanSnr(radio, uplink, client(1));
    assert.equal(forward.constant, false);
    const times = Array.from({ length: 5000 }, (_, i) => i * 3.3);
    const expected = times.map((seconds) => forward.ratioAt(seconds));
    assert.ok(new Set(expected).size === times.length);
    const backward = meanSnr(radio, uplink, client(1));
    for (let i = times.length - 1; i >= 0; i--) assert.equal(backward.ratioAt(times[i]!), expected[i]);
  });

  it('begins alike with and without mobility', () => {
    const still = meanSnr({ cell, ...elsewhere }, uplink, client(1));
    const moving = meanSnr({ cell: { ...cell, mobility }, ...elsewhere }, uplink, client(1));
    assert.equal(moving.ratioAt(0), still.ratioAt(0));
  });

  it('does not depend on how many clients there are', () => {
    const ratio = (index: number) =>
      meanSnr({ cell, ...elsewhere }, uplink, { ...client(5), index }).ratioAt(0);
    assert.equal(ratio(4), ratio(400));
  });
});
