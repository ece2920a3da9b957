import assert from 'node:assert/strict';
import fc from 'fast-check';
import { attemptsAt } from '../../../src/radio/channel/attempts.js';
import { blockAccumulatedSeconds } from './known-rates.js';
import type { Link } from '../../../src/radio/channel/link.js';
import { drawSum, leastWalked, longRun, type BlockMoments } from '../../../src/radio/channel/long-run.js';
import { ratioOfDecibels } from '../../../src/radio/channel/rate.js';
import { stream } from '../../../src/simulation/random/stream.js';
import { messageOf, momentOf, uplinkWith, type Around, type ChannelChanges } from './a-link.js';
import {
  assertMean,
  assertSd,
  criticalDistance,
  distanceBetween,
  statistics,
  statisticsOf,
} from './sample-statistics.js';

const drawsOf = (i: number) => (run: number, level: number, node: number) =>
  stream(1, 'run', i, run, level, node);

const momentsOf = (link: Link): BlockMoments => link.moments!();

const reference = { bandwidthHz: 1e6, snr: ratioOfDecibels(5), coherenceSeconds: 0.05 };
const figures = ['seconds', 'onAirSeconds', 'silentSeconds', 'powerSeconds'] as const;
type Sample = Readonly<Record<(typeof figures)[number], Float64Array>>;

function sample(
  count: number,
  draw: (i: number) => Readonly<Record<(typeof figures)[number], number>>,
): Sample {
  const drawn = Array.from({ length: count }, (_, i) => draw(i));
  const of = (figure: (typeof figures)[number]) => Float64Array.from(drawn, (one) => one[figure]);
  return {
    seconds: of('seconds'),
    onAirSeconds: of('onAirSeconds'),
    silentSeconds: of('silentSeconds'),
    powerSeconds: of('powerSeconds'),
  };
}

/** Through every block: nothing of the shortcut is used. */
const theLongWay = (link: Link, bits: number, count: number) =>
  sample(count, (round) => {
    const [attempt] = attemptsAt(bits, { ...link, moments: null }, messageOf(round), momentOf(round));
    const { seconds, onAirSeconds, transmitJoules } = attempt!;
    const silentSeconds = seconds - onAirSeconds;
    return { seconds, onAirSeconds, silentSeconds, powerSeconds: transmitJoules / link.powerWatts };
  });

/** In runs from the first block on, of 2^12, 2^13, 2^14 blocks. */
const theShortcut = (link: Link, bits: number, count: number) => {
  const moments = { ...momentsOf(link), walked: 2 ** 12 };
  return sample(count, (i) => {
    const { blocks, onAirSeconds, powerSeconds } = longRun(bits, moments, drawsOf(i));
    const seconds = blocks * link.coherenceSeconds;
    return { seconds, onAirSeconds, silentSeconds: seconds - onAirSeconds, powerSeconds };
  });
};

const cases: readonly (readonly [name: string, changes: ChannelChanges, around?: Around])[] = [
  ['capacity', {}],
  ['capacity under Rician fading', { fading: 'rician' }],
  ['cutoff', { rate: 'cutoff', cutoffGain: 0.5 }],
  ['inversion', { rate: 'inversion', cutoffGain: 0.2 }],
  ['mcs', { rate: 'mcs' }],
  ['proportional-fair', { uplink: { sharing: 'proportional-fair' } }, { clients: 4, fullBuffers: true }],
  ['tdma', { uplink: { sharing: 'tdma' } }, { clients: 4 }],
];

describe('the shortcut for messages of very many blocks', () => {
  for (const [name, changes, around] of cases) {
    it(`has the laws of time, of silence and of energy of the long way: ${name}`, () => {
      const link = uplinkWith(changes, around);
      const bits = 20_000 * momentsOf(link).meanBits;
      const long = theLongWay(link, bits, 250);
      const short = theShortcut(link, bits, 1000);
      for (const figure of figures) {
        const [a, b] = [statistics(long[figure]), statistics(short[figure])];
        // What follows from another figure but for rounding has no law of its own.
        if (a.sd <= 1e-9 * long.seconds[0]!) {
          assert.ok(Math.abs(a.mean - b.mean) <= 1e-8 * long.seconds[0]!, `${figure}: ${a.mean}, ${b.mean}`);
          continue;
        }
        const error = Math.hypot(a.sd / Math.sqrt(a.count), b.sd / Math.sqrt(b.count));
        assert.ok(
          Math.abs(a.mean - b.mean) <= 3 * error,
          `${figure}: means ${a.mean}, ${b.mean} +- ${error}`,
        );
        const sdError = Math.hypot(a.sd / Math.sqrt(2 * a.count), b.sd / Math.sqrt(2 * b.count));
        assert.ok(
          Math.abs(a.sd - b.sd) <= 3 * sdError,
          `${figure}: deviations ${a.sd}, ${b.sd} +- ${sdError}`,
        );
        const distance = distanceBetween(long[figure], short[figure]);
        assert.ok(distance <= criticalDistance(250, 1000), `${figure}: Kolmogorov-Smirnov ${distance}`);
      }
    });
  }

  it('meets the closed form at a thousand million blocks', () => {
    const link = uplinkWith();
    const bits = 1e9 * momentsOf(link).meanBits;
    const closed = blockAccumulatedSeconds(bits, reference);
    const found = statisticsOf(2000, (i) => longRun(bits, momentsOf(link), drawsOf(i)).blocks * 0.05);
    assertMean(found, closed.mean, closed.standardDeviation);
    assertSd(found, closed.standardDeviation);
  });

  it('is what an attempt takes after its first 2^16 blocks', () => {
    const link = uplinkWith({ maxAttemptSeconds: 1e9 });
    const bits = 1e9 * momentsOf(link).meanBits;
    const closed = blockAccumulatedSeconds(bits, reference);
    const [attempt] = attemptsAt(bits, link, messageOf(1), 0);
    const { seconds, onAirSeconds, energyJoules, blocks } = attempt!;
    assert.ok(Math.abs(seconds - closed.mean) <= 3 * closed.standardDeviation, `${seconds} s`);
    assert.ok(Math.abs(onAirSeconds / seconds - 1) < 1e-12 && Math.abs(energyJoules / seconds - 1) < 1e-12);
    assert.ok(Math.abs(blocks - seconds / 0.05) <= 2);
  });

  it('draws the sum over a run with the first four cumulants of its blocks', () => {
    // Exponential blocks have cumulants 1, 1, 2, 6; the sum of n has skewness 2 / sqrt(n), kurtosis 6 / n.
    const [count, blocks] = [100_000, 256];
    const moments = { ...momentsOf(uplinkWith()), meanBits: 1, sdBits: 1, skewness: 2, excessKurtosis: 6 };
    const draws = stream(1, 'sums');
    const sums = Float64Array.from({ length: count }, () => drawSum(blocks, moments, draws));
    const found = statistics(sums);
    assertMean(found, blocks, Math.sqrt(blocks));
    assertSd(found, Math.sqrt(blocks));
    const central = (power: number) =>
      sums.reduce((sum, x) => sum + ((x - found.mean) / found.sd) ** power, 0) / count;
    assert.ok(Math.abs(central(3) - 2 / Math.sqrt(blocks)) <= 3 * Math.sqrt(6 / count), `${central(3)}`);
    assert.ok(Math.abs(central(4) - 3 - 6 / blocks) <= 3 * Math.sqrt(24 / count), `${central(4) - 3}`);
    const exact = Float64Array.from({ length: count }, () => draws.gamma(blocks));
    assert.ok(distanceBetween(sums, exact) <= criticalDistance(count, count));
  });

  it('draws the sum of exponential blocks within 0.002 of the quantile of its gamma law', () => {
    // SciPy 1.17.1: gamma.ppf(norm.cdf(z), 256). The standard deviation is 16.
    const exact = [
      [-3, 210.6548],
      [-2, 225.0101],
      [-1, 240.0104],
      [0, 255.6667],
      [1, 271.9896],
      [2, 288.9893],
      [3, 306.6757],
    ] as const;
    const moments = { ...momentsOf(uplinkWith()), meanBits: 1, sdBits: 1, skewness: 2, excessKurtosis: 6 };
    for (const [z, quantile] of exact) {
      const found = drawSum(256, moments, Object.assign(stream(1, 'z'), { normal: () => z }));
      assert.ok(Math.abs(found - quantile) < 0.002, `${found} instead of ${quantile}`);
    }
  });

  it('takes no longer at a higher SNR under the same draws', () => {
    const adaptive = fc.constantFrom(
      'capacity' as const,
      'cutoff' as const,
      'inversion' as const,
      'mcs' as const,
    );
    const db = fc.double({ min: -10, max: 30, noNaN: true });
    const more = fc.double({ min: 0, max: 10, noNaN: true });
    const size = fc.double({ min: 5, max: 9, noNaN: true });
    fc.assert(
      fc.property(adaptive, db, more, size, fc.nat(), (rate, meanSnrDb, moreDb, logBlocks, seed) => {
        const [before, after] = [meanSnrDb, meanSnrDb + moreDb].map((snrDb) =>
          momentsOf(uplinkWith({ rate, uplink: { meanSnrDb: snrDb } })),
        );
        const bits = 10 ** logBlocks * before!.meanBits;
        const slow = longRun(bits, before!, drawsOf(seed));
        const fast = longRun(bits, after!, drawsOf(seed));
        assert.ok(fast.blocks <= slow.blocks * (1 + 1e-12), `${fast.blocks} > ${slow.blocks} blocks`);
      }),
      { numRuns: 150, seed: 1 },
    );
  });

  it('costs draws in proportion to the logarithm of the blocks', () => {
    const moments = momentsOf(uplinkWith());
    for (const logBlocks of [18, 24, 30, 36, 42]) {
      let calls = 0;
      longRun(2 ** logBlocks * moments.meanBits, moments, (run, level, node) => {
        calls++;
        return drawsOf(1)(run, level, node);
      });
      // Runs: doublings of 2^16. Halvings: doublings of 2^10. A leaf, and the account.
      assert.ok(calls <= logBlocks - 16 + (logBlocks - 10) + 4, `${calls} draws for 2^${logBlocks} blocks`);
    }
  });

  it('walks through 2^16 blocks at least, through more of them where the sum is far from normal', () => {
    assert.equal(momentsOf(uplinkWith()).walked, leastWalked);
    const rare = momentsOf(uplinkWith({ rate: 'cutoff', cutoffGain: 8 }));
    assert.ok(rare.walked > leastWalked && Math.abs(rare.skewness) / Math.sqrt(rare.walked) <= 0.05);
  });

  it('has the moments of a block that the closed forms have', () => {
    const near = (found: number, expected: number) =>
      assert.ok(Math.abs(found / expected - 1) < 1e-6, `${found} instead of ${expected}`);
    // shared reference channel.json: ergodicCapacity, capacityStdDevMbps, cutoffGain0.1.
    const { meanBits, sdBits } = momentsOf(uplinkWith());
    near(meanBits, 1.715974e6 * 0.05);
    near(sdBits, 0.977675e6 * 0.05);
    const cutoff = momentsOf(uplinkWith({ rate: 'cutoff', cutoffGain: 0.1 }));
    near(cutoff.meanBits, 1.696564e6 * 0.05);
    near(cutoff.onAir.mean, 0.05 * Math.exp(-0.1));
    // The mean power of an inverted channel is the link's.
    const inversion = momentsOf(uplinkWith({ rate: 'inversion', cutoffGain: 0.1 }));
    near(inversion.onAir.mean, 0.05 * Math.exp(-0.1));
    near(inversion.power.mean, 0.05);
    const tdma = momentsOf(uplinkWith({ uplink: { sharing: 'tdma' } }, { clients: 4 }));
    near(tdma.meanBits, meanBits / 4);
    near(tdma.onAir.mean, 0.05 / 4);
  });

  it('knows of a link without fading that all blocks are the same', () => {
    const moments = momentsOf(uplinkWith({ fading: 'none' }));
    assert.deepEqual([moments.sdBits, moments.skewness, moments.excessKurtosis], [0, 0, 0]);
    const { blocks, onAirSeconds } = longRun(1e9, moments, drawsOf(1));
    // shared reference channel.json, awgnCapacityMbps.
    assert.ok(Math.abs(blocks * 0.05 - 1e3 / 2.057373) < 1e-3);
    assert.ok(Math.abs(onAirSeconds - blocks * 0.05) < 1e-9 * onAirSeconds);
  });

  it('never ends where nothing is ever sent', () => {
    const moments = momentsOf(uplinkWith({ rate: 'mcs', uplink: { meanSnrDb: -100 } }));
    assert.equal(moments.meanBits, 0);
    assert.equal(longRun(1, moments, drawsOf(1)).blocks, Infinity);
  });
});
