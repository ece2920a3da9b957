import assert from 'node:assert/strict';
import fc from 'fast-check';
import { capacityStdDevBps, ergodicCapacityBps, outageProbability } from '../../src/channel/closed-forms.js';
import { energyJoules } from '../../src/channel/energy.js';
import { fadings } from '../../src/channel/fading.js';
import { messageBits } from '../../src/channel/message-bits.js';
import { capacityBps, ratioOfDecibels } from '../../src/channel/rate.js';
import { retransmissions } from '../../src/channel/retransmission.js';
import { maxBlocks, transmit, type Link } from '../../src/channel/transmission.js';
import { stream } from '../../src/random/stream.js';

const link: Link = {
  bandwidthHz: 1e6,
  meanSnrDb: 5,
  fading: 'rayleigh',
  coherenceSeconds: 0.05,
  lossProbability: 0,
};
const drawsOf = (seed: number, message: number) => ({
  fading: stream(seed, 'fading', message),
  loss: stream(seed, 'loss', message),
});

function moments(count: number, draw: (i: number) => number) {
  const values = Array.from({ length: count }, (_, i) => draw(i));
  const mean = values.reduce((sum, x) => sum + x, 0) / count;
  const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (count - 1);
  return { mean, standardDeviation: Math.sqrt(variance) };
}

// Ranges in which no message takes more than a few thousand blocks.
const anyLink = fc.record({
  bandwidthHz: fc.integer({ min: 100_000, max: 20_000_000 }),
  meanSnrDb: fc.integer({ min: -10, max: 30 }),
  fading: fc.constantFrom('none' as const, 'rayleigh' as const),
  coherenceSeconds: fc.constantFrom(0.005, 0.05, 1),
  lossProbability: fc.constantFrom(0, 0.3, 1),
});
const anyBits = fc.integer({ min: 0, max: 200_000 });
const anySeed = fc.nat();

describe('a transmission', () => {
  it('takes bits / rate where nothing fades', () => {
    const { onAirSeconds, blocks, lost } = transmit(1e6, { ...link, fading: 'none' }, drawsOf(1, 1));
    // shared reference channel.json, awgnCapacityMbps.
    assert.ok(Math.abs(onAirSeconds - 1 / 2.057373) < 1e-6);
    assert.equal(blocks, 10);
    assert.equal(lost, null);
  });

  it('takes no time for no bits, and refuses a size that is none', () => {
    assert.deepEqual(transmit(0, link, drawsOf(1, 1)), { onAirSeconds: 0, blocks: 0, lost: null });
    for (const bits of [-1, NaN, Infinity]) {
      assert.throws(() => transmit(bits, link, drawsOf(1, 1)), RangeError);
    }
  });

  it('meets the closed form of the reference transfer: 10.842 s in the mean, 0.419 s of deviation', () => {
    const count = 5000;
    const found = moments(count, (i) => transmit(18_590_976, link, drawsOf(1, i)).onAirSeconds);
    assert.ok(Math.abs(found.mean - 10.84218) < 3 * (0.419338 / Math.sqrt(count)), `${found.mean} s`);
    // Standard error of a standard deviation: sd / sqrt(2 n).
    const tolerance = 3 * (0.419338 / Math.sqrt(2 * count));
    assert.ok(Math.abs(found.standardDeviation - 0.419338) < tolerance, `${found.standardDeviation} s`);
  });

  it('has blocks of the ergodic capacity in the mean, with its deviation, over 200 000 draws', () => {
    const count = 200_000;
    const snr = ratioOfDecibels(5);
    const draw = stream(1, 'capacity');
    const found = moments(count, () => capacityBps(1e6, snr, fadings.rayleigh(draw)));
    const deviation = capacityStdDevBps(1e6, snr);
    assert.ok(Math.abs(found.mean - ergodicCapacityBps(1e6, snr)) < 3 * (deviation / Math.sqrt(count)));
    assert.ok(Math.abs(found.standardDeviation / deviation - 1) < 0.01);
  });

  it('has blocks below 1 Mbit/s as often as the outage probability says, over 200 000 draws', () => {
    const count = 200_000;
    const snr = ratioOfDecibels(5);
    const draw = stream(1, 'outage');
    let outages = 0;
    for (let i = 0; i < count; i++) if (capacityBps(1e6, snr, fadings.rayleigh(draw)) < 1e6) outages++;
    const expected = outageProbability(1e6, 1e6, snr);
    const standardError = Math.sqrt((expected * (1 - expected)) / count);
    assert.ok(Math.abs(outages / count - expected) < 3 * standardError);
  });

  it('is lost as often as the loss probability says, over 100 000 messages', () => {
    const count = 100_000;
    let losses = 0;
    for (let i = 0; i < count; i++) {
      if (transmit(1, { ...link, lossProbability: 0.2 }, drawsOf(1, i)).lost === 'loss') losses++;
    }
    assert.ok(Math.abs(losses / count - 0.2) < 3 * Math.sqrt((0.2 * 0.8) / count));
  });

  it('ends as an outage where the rate would take for ever, in bounded time', () => {
    const dead = { ...link, meanSnrDb: -3000 };
    assert.deepEqual(transmit(1e12, dead, drawsOf(1, 1)), {
      onAirSeconds: maxBlocks * 0.05,
      blocks: maxBlocks,
      lost: 'outage',
    });
  });

  it('is never faster than its bits over the rate of the best gain drawn', () => {
    fc.assert(
      fc.property(anyLink, anyBits, anySeed, (own, bits, seed) => {
        const { onAirSeconds, blocks } = transmit(bits, own, drawsOf(seed, 1));
        const { fading: draw } = drawsOf(seed, 1);
        const gains = Array.from({ length: blocks }, () => fadings[own.fading](draw));
        const best = capacityBps(own.bandwidthHz, ratioOfDecibels(own.meanSnrDb), Math.max(0, ...gains));
        assert.ok(bits === 0 || onAirSeconds >= (bits / best) * (1 - 1e-9));
      }),
      { numRuns: 300 },
    );
  });

  it('carries exactly its bits over the blocks it took', () => {
    fc.assert(
      fc.property(anyLink, anyBits, anySeed, (own, bits, seed) => {
        const { onAirSeconds } = transmit(bits, own, drawsOf(seed, 1));
        const { fading: draw } = drawsOf(seed, 1);
        let carried = 0;
        for (let start = 0; start < onAirSeconds; start += own.coherenceSeconds) {
          const rate = capacityBps(
            own.bandwidthHz,
            ratioOfDecibels(own.meanSnrDb),
            fadings[own.fading](draw),
          );
          carried += rate * Math.min(own.coherenceSeconds, onAirSeconds - start);
        }
        assert.ok(Math.abs(carried - bits) <= 1e-6 * Math.max(1, bits), `${carried} of ${bits}`);
      }),
      { numRuns: 300 },
    );
  });

  it('is not slower, nor lost otherwise, at a higher SNR under the same draws', () => {
    fc.assert(
      fc.property(anyLink, anyBits, anySeed, fc.integer({ min: 0, max: 20 }), (own, bits, seed, more) => {
        const before = transmit(bits, own, drawsOf(seed, 1));
        const after = transmit(bits, { ...own, meanSnrDb: own.meanSnrDb + more }, drawsOf(seed, 1));
        assert.ok(after.onAirSeconds <= before.onAirSeconds * (1 + 1e-12));
        assert.equal(after.lost, before.lost);
      }),
      { numRuns: 300 },
    );
  });

  it('does not change its time by being lost', () => {
    fc.assert(
      fc.property(anyLink, anyBits, anySeed, (own, bits, seed) => {
        const sure = transmit(bits, { ...own, lossProbability: 0 }, drawsOf(seed, 1));
        const lost = transmit(bits, { ...own, lossProbability: 1 }, drawsOf(seed, 1));
        assert.deepEqual([sure.lost, lost.lost], [null, 'loss']);
        assert.equal(lost.onAirSeconds, sure.onAirSeconds);
      }),
      { numRuns: 100 },
    );
  });
});

describe('what a transmission costs', () => {
  it('is power times time on the air', () => {
    assert.equal(energyJoules(2, 10.5), 21);
  });

  it('follows from the header and from each parameter as it is compressed', () => {
    // shared reference payload.json: 36 adapters have 580968 parameters, 18.590976 Mbit.
    const params = [{ parameters: 580_960 }, { parameters: 8 }];
    assert.equal(messageBits(params, { headerBits: 0, compression: 'none' }), 18_590_976);
    assert.equal(messageBits(params, { headerBits: 512, compression: 'float16' }), 18_590_976 / 2 + 512);
    assert.equal(messageBits([], { headerBits: 512, compression: 'none' }), 512);
  });
});

describe('retransmission', () => {
  it('by "arq" goes on up to the cap, and "none" never begins', () => {
    const { arq, none } = retransmissions;
    assert.deepEqual(
      [1, 2, 3, 4].map((attempts) => arq.sendsAgain(attempts, 'loss', 3)),
      [true, true, false, false],
    );
    assert.equal(none.sendsAgain(1, 'loss', 3), false);
    assert.deepEqual([arq.maxTransmissions(3), none.maxTransmissions(3)], [3, 1]);
  });

  it('is not tried after an outage', () => {
    assert.equal(retransmissions.arq.sendsAgain(1, 'outage', 3), false);
  });
});
