import assert from 'node:assert/strict';
import { emptyBand, join, type Band } from '../../../src/radio/cell/band.js';
import { partsOfEqualTimes } from '../../../src/radio/cell/schedulers/min-max-delay.js';
import type { Transmission } from '../../../src/radio/cell/transmission.js';
import { walk } from '../../../src/radio/cell/walk.js';
import { capacityBps, ratioOfDecibels } from '../../../src/radio/channel/rate.js';
import { fullBufferShareOf } from '../../../src/radio/channel/directions/sharing.js';
import { gainLaw } from '../../../src/radio/channel/fading/index.js';
import type { Link } from '../../../src/radio/channel/link.js';
import { attemptsOf, scheduledEvents, uplinksWith } from './scheduled.js';

const full = 1e15;

/** A transmission that has just begun. */
const begun = (link: Link, bits = full): Transmission => ({
  link,
  ...{ startSeconds: 0, deadlineSeconds: Infinity, bits, rateFactor: 1, silences: [], remainingBits: bits },
  ...{ onAirSeconds: 0, powerSeconds: 0, bandSeconds: 0, waitSeconds: 0, averageBps: 0 },
  ...{ blocks: 0, lastBlock: -1, samples: [], stride: 1 },
});

/** Lets links with very long messages share their band for so long. */
function fullBuffers(links: readonly Link[], seconds: number): Band {
  const band = emptyBand();
  for (const link of links) join(band, begun(link));
  walk(band, links[0]!.sharedBand!, seconds);
  return band;
}

const bitsOf = ({ on }: Band) => on.map(({ bits, remainingBits }) => bits - remainingBits);
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

describe('proportional-fair scheduling', () => {
  it('carries with full buffers over independent Rayleigh blocks what the best of N carries', () => {
    const clients = 4;
    const coherenceSeconds = 0.01;
    const blocks = 40_000;
    const sharing = { name: 'proportional-fair', windowSeconds: 50 };
    const links = uplinksWith({ coherenceSeconds, uplink: { sharing } }, { clients });
    const band = fullBuffers(links, blocks * coherenceSeconds);
    const { scheduled } = fullBufferShareOf('proportional-fair', 'uplink', clients);
    const law = gainLaw({ fading: 'rayleigh', ricianK: 3, nakagamiM: 2 });
    const snr = ratioOfDecibels(5);
    const moment = (power: number) =>
      clients * law.mean((gain) => scheduled!(law.cdf(gain)) * capacityBps(1e6, snr, gain) ** power);
    const error = Math.sqrt((moment(2) - moment(1) ** 2) / blocks);
    const meanBps = sum(bitsOf(band)) / (blocks * coherenceSeconds);
    assert.ok(
      Math.abs(meanBps - moment(1)) < 3 * error,
      `${meanBps}, expected ${moment(1)} within ${3 * error}`,
    );
    // Each has a quarter of the blocks.
    for (const { bandSeconds } of band.on) {
      const share = bandSeconds / (blocks * coherenceSeconds);
      assert.ok(Math.abs(share - 1 / 4) < 3 * Math.sqrt(3 / 16 / blocks), String(share));
    }
    assert.ok(band.mostGiven <= 1 && band.idleSeconds === 0);
  });

  it('gives the less of a cell’s best moments, the shorter its window is beside Jakes fades', () => {
    const changes = { correlation: 'jakes' as const, dopplerHz: 2, coherenceSeconds: 0.01 };
    const carried = [0.02, 0.5, 20].map((windowSeconds) => {
      const sharing = { name: 'proportional-fair', windowSeconds };
      return sum(bitsOf(fullBuffers(uplinksWith({ ...changes, uplink: { sharing } }, { clients: 4 }), 200)));
    });
    assert.ok(carried[0]! < carried[1]! && carried[1]! < carried[2]!, carried.join(' '));
    const roundRobin = uplinksWith({ ...changes, uplink: { sharing: 'round-robin' } }, { clients: 4 });
    assert.ok(sum(bitsOf(fullBuffers(roundRobin, 200))) < carried[2]!);
  });

  it('gives a far client as much of the time as a near one where rates grow as gains', () => {
    const sharing = { name: 'proportional-fair', windowSeconds: 50 };
    const links = uplinksWith({ uplink: { sharing } }, { clients: 2 });
    const unequal = links.map((link, i) => ({
      ...link,
      snr: { constant: true, ratioAt: () => [1e-2, 1e-4][i]! },
    }));
    const band = fullBuffers(unequal, 500);
    // Blocks of 50 ms: 10,000 of them, each of either with probability 1/2.
    for (const { bandSeconds } of band.on)
      assert.ok(Math.abs(bandSeconds / 500 - 0.5) < 0.02, String(bandSeconds));
    const [near, far] = bitsOf(band);
    assert.ok(Math.abs(near! / far! / 100 - 1) < 0.1, `${near} ${far}`);
  });

  it('splits a block where resource blocks are dealt: a sender with all of its power gains less by each more', () => {
    const sharing = { name: 'proportional-fair', resourceBlocks: 10, windowSeconds: 50 };
    const links = uplinksWith({ fading: 'none', uplink: { sharing } }, { clients: 2 });
    const band = fullBuffers(links, 10);
    const split = sum(bitsOf(band));
    const whole = sum(
      bitsOf(
        fullBuffers(uplinksWith({ fading: 'none', uplink: { sharing: 'round-robin' } }, { clients: 2 }), 10),
      ),
    );
    assert.ok(split > whole * 1.2, `${split} ${whole}`);
    assert.ok(Math.abs(band.mostGiven - 1) < 1e-9);
  });
});

describe('max-snr scheduling', () => {
  it('carries most of all, and serves the near client alone where it is always better', () => {
    const carried = ['max-snr', 'proportional-fair', 'round-robin'].map((sharing) => {
      const links = uplinksWith({ uplink: { sharing, meanSnrDb: 5 } }, { clients: 4 });
      const unequal = links.map((link, i) => ({ ...link, snr: { constant: true, ratioAt: () => 4 ** i } }));
      return sum(bitsOf(fullBuffers(unequal, 100)));
    });
    assert.ok(carried[0]! > carried[1]! && carried[1]! > carried[2]!, carried.join(' '));
    const steady = uplinksWith({ fading: 'none', uplink: { sharing: 'max-snr' } }, { clients: 2 });
    const unequal = steady.map((link, i) => ({ ...link, snr: { constant: true, ratioAt: () => 1 + i } }));
    const [far, near] = fullBuffers(unequal, 10).on;
    assert.deepEqual([far!.bandSeconds, far!.onAirSeconds], [0, 0]);
    assert.ok(Math.abs(far!.waitSeconds - 10) < 1e-9 && Math.abs(near!.onAirSeconds - 10) < 1e-9);
  });
});

describe('min-max-delay scheduling', () => {
  const rate = (snr: number, power: 'kept' | 'density-kept') => (share: number) =>
    share * capacityBps(1e6, power === 'kept' ? snr / share : snr, 1);

  for (const power of ['kept', 'density-kept'] as const) {
    it(`takes no longer than the best of 10,000 ways to part the band between two, power ${power}`, () => {
      for (const [bits, snrs] of [
        [
          [1e6, 2e6],
          [3, 0.5],
        ],
        [
          [5e6, 1e5],
          [100, 0.01],
        ],
        [
          [1e6, 1e6],
          [1, 1],
        ],
      ] as const) {
        const rates = snrs.map((snr) => rate(snr, power));
        const longest = (parts: readonly number[]) =>
          Math.max(...bits.map((each, i) => each / rates[i]!(parts[i]!)));
        const parts = partsOfEqualTimes(bits, rates);
        const [one, other] = bits.map((each, i) => each / rates[i]!(parts[i]!));
        assert.ok(Math.abs(one! / other! - 1) < 1e-9, `${one} s and ${other} s`);
        const grid = Array.from({ length: 9_999 }, (_, i) => longest([(i + 1) / 1e4, 1 - (i + 1) / 1e4]));
        assert.ok(longest(parts) <= Math.min(...grid) * (1 + 1e-9));
      }
    });
  }

  it('lets all end at once, over fading blocks and however much each has to send', async () => {
    const links = uplinksWith({ uplink: { sharing: 'min-max-delay' } }, { clients: 5 });
    const log = await scheduledEvents(
      links,
      links.map((link, i) => ({ link, bits: 1e6 * (i + 1), afterSeconds: 0 })),
    );
    const ends = [1, 2, 3, 4, 5].map((client) => attemptsOf(log, client)[0]!.attempt.seconds);
    assert.ok(Math.max(...ends) - Math.min(...ends) < 1e-6, ends.join(' '));
  });

  it('lets nobody wait for ever where it knows the mean ratio alone', async () => {
    const sharing = { name: 'min-max-delay', knows: 'mean-snr' };
    const links = uplinksWith({ uplink: { sharing }, rate: 'mcs' }, { clients: 3 });
    const log = await scheduledEvents(
      links,
      links.map((link, i) => ({ link, bits: 1e6 * (i + 1), afterSeconds: i })),
    );
    assert.equal(log.filter(({ phase }) => phase === 'delivered').length, 3);
  });
});
