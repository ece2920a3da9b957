import assert from 'node:assert/strict';
import { minMaxDelay } from '../../../src/strategies/allocation/min-max-delay.js';
import { bandwidthFor } from '../../../src/strategies/allocation/shannon.js';
import { candidate, two } from './candidates.js';

const band = { bandwidthHz: 1e6, blockFactors: [] };
const near = (found: number, expected: number) =>
  assert.ok(Math.abs(found - expected) <= 1e-9 * expected, `${found}, expected ${expected}`);

describe('bandwidths of least delay', () => {
  it('let all finish computing and uploading at the same time, over the whole band', () => {
    const four = [...two, candidate('idle', { computeSeconds: 0 }), candidate('slow', { computeSeconds: 9 })];
    const allotments = minMaxDelay.make({ snrMarginDb: 0 })(four, band)!;
    let taken = 0;
    for (const { client, uploadBits, computeSeconds, gainHzPerWatt, maxPowerWatts } of four) {
      const { bandwidthHz: b, powerWatts, frequencyHz, plannedSeconds } = allotments[client]!;
      assert.deepEqual([powerWatts, frequencyHz], [maxPowerWatts, 2e9]);
      const rate = b * Math.log2(1 + (gainHzPerWatt * powerWatts) / b);
      near(computeSeconds + uploadBits / rate, plannedSeconds);
      near(plannedSeconds, allotments['near']!.plannedSeconds);
      taken += b;
    }
    near(taken, band.bandwidthHz);
  });

  it('are equal for equal clients: a second, and a Mbit over half of the band', () => {
    const allotments = minMaxDelay.make({ snrMarginDb: 0 })([candidate('a'), candidate('b')], band)!;
    near(allotments['a']!.bandwidthHz, 5e5);
    // 1 s + 1e6 / (5e5 log2(1 + 3e6 / 5e5)).
    near(allotments['a']!.plannedSeconds, 1 + 2 / Math.log2(7));
  });

  it('are as early as any split of a fine grid, for two clients', () => {
    const { plannedSeconds } = minMaxDelay.make({ snrMarginDb: 0 })(two, band)!['near']!;
    const finish = (
      { computeSeconds, uploadBits, gainHzPerWatt, maxPowerWatts }: (typeof two)[0],
      b: number,
    ) => computeSeconds + uploadBits / (b * Math.log2(1 + (gainHzPerWatt * maxPowerWatts) / b));
    let best = Infinity;
    for (let share = 1; share < 10000; share++) {
      best = Math.min(best, Math.max(finish(two[0]!, share * 100), finish(two[1]!, 1e6 - share * 100)));
    }
    assert.ok(plannedSeconds <= best && best < plannedSeconds * 1.0003, `${plannedSeconds}, grid ${best}`);
  });

  it('plan on a mean SNR that is lower by a margin', () => {
    const all = [candidate('a', { gainHzPerWatt: 6e6 }), candidate('b', { gainHzPerWatt: 6e6 })];
    const { plannedSeconds } = minMaxDelay.make({ snrMarginDb: 10 * Math.log10(2) })(all, band)!['a']!;
    near(plannedSeconds, 1 + 2 / Math.log2(7));
  });
});

describe('the bandwidth that a rate takes', () => {
  it('carries it, from a thousandth of the most that a power can to next to all of it', () => {
    for (const share of [1e-3, 0.1, 0.5, 0.9, 0.999]) {
      const rate = (share * 3e6) / Math.LN2;
      const b = bandwidthFor(rate, 1, 3e6);
      near(b * Math.log2(1 + 3e6 / b), rate);
    }
  });

  it('does not exist for the most that a power can carry', () => {
    assert.equal(bandwidthFor(3e6 / Math.LN2, 1, 3e6), Infinity);
  });
});
