import assert from 'node:assert/strict';
import fc from 'fast-check';
import { BlockWalk, maxBlocks, type Blocks, type Reception } from '../../../src/radio/channel/block-walk.js';
import { gainLaw } from '../../../src/radio/channel/fading/index.js';
import { constantPath } from '../../../src/radio/channel/gain-paths/gain-path.js';
import { independentPath } from '../../../src/radio/channel/gain-paths/independent.js';
import { capacityBps } from '../../../src/radio/channel/rate.js';
import { ratePolicies } from '../../../src/radio/channel/rate-policies/index.js';
import type { RatePolicy } from '../../../src/radio/channel/rate-policies/rate-policy.js';
import { stream } from '../../../src/simulation/random/stream.js';
import { channelWith } from './a-link.js';

const constant = gainLaw({ fading: 'none', ricianK: 0, nakagamiM: 1 });
const rayleigh = gainLaw({ fading: 'rayleigh', ricianK: 0, nakagamiM: 1 });

/** As many bits per second as the gain says. */
const gainAsRate: RatePolicy = {
  rateBps: (gain) => gain,
  powerRatio: () => 1,
  carriesBps: (gain) => gain,
  adaptive: true,
  breaks: () => [],
};

function reception(changes: Partial<Reception> = {}): Reception {
  const snr = { constant: true, ratioAt: () => 1 };
  return { law: constant, snr, path: constantPath(1), ...changes };
}

/** Gains by the number of the block. */
const pathOf = (...gains: readonly number[]) => ({ gainAt: (block: number) => gains[block]! });

const fadingPath = (seed: number) => independentPath(rayleigh, { seed, purpose: 'fading', link: 'a' });

function blocksOf(changes: Partial<Blocks> = {}): Blocks {
  return {
    receptions: [reception()],
    policy: gainAsRate,
    bandwidthHz: 1,
    coherenceSeconds: 1,
    timeShare: 1,
    schedule: null,
    knowledge: null,
    powerShareAt: null,
    silences: [],
    rateFactor: 1,
    limitSeconds: 1e9,
    moments: null,
    runs: () => stream(1, 'run'),
    ...changes,
  };
}

const onPath = (...gains: readonly number[]) => [reception({ path: pathOf(...gains) })];

describe('the walk through the blocks of a channel', () => {
  it('adds bits up block by block', () => {
    const walk = new BlockWalk(blocksOf({ receptions: onPath(2, 3, 10, 4) }), 0);
    assert.equal(walk.send(7), true);
    assert.deepEqual([walk.seconds, walk.onAirSeconds, walk.blocks], [2.2, 2.2, 3]);
  });

  it('goes on within a block with the packet after', () => {
    const walk = new BlockWalk(blocksOf({ receptions: onPath(2, 3, 10, 4) }), 0);
    for (const bits of [1, 1, 1, 4]) assert.equal(walk.send(bits), true);
    assert.deepEqual([walk.seconds, walk.blocks], [2.2, 3]);
  });

  it('has the blocks of virtual time: who begins in the middle of a block has what is left of it', () => {
    const walk = new BlockWalk(blocksOf({ receptions: onPath(2, 4) }), 0.75);
    assert.equal(walk.send(2.5), true);
    assert.deepEqual([walk.seconds, walk.blocks], [0.75, 2]);
  });

  it('takes the worst of several receivers in each block', () => {
    const receptions = [...onPath(2, 9, 5), ...onPath(7, 3, 5)];
    const walk = new BlockWalk(blocksOf({ receptions }), 0);
    assert.equal(walk.send(10), true);
    assert.deepEqual([walk.seconds, walk.blocks], [3, 3]);
  });

  it('takes the worst by ratio, not by gain', () => {
    const policy: RatePolicy = { ...gainAsRate, rateBps: (gain, snr) => gain * snr };
    const far = reception({ path: pathOf(5), snr: { constant: true, ratioAt: () => 0.1 } });
    const walk = new BlockWalk(blocksOf({ policy, receptions: [...onPath(2), far] }), 0);
    assert.equal(walk.send(0.25), true);
    assert.equal(walk.seconds, 0.5);
  });

  it('is silent where the rate is 0: time passes, no energy', () => {
    const walk = new BlockWalk(blocksOf({ receptions: onPath(1, 0, 0, 1) }), 0);
    assert.equal(walk.send(2), true);
    assert.deepEqual([walk.seconds, walk.onAirSeconds, walk.powerSeconds], [4, 2, 2]);
  });

  it('spends the power that the policy takes in each block', () => {
    const policy: RatePolicy = { ...gainAsRate, powerRatio: (gain) => 1 / gain };
    const walk = new BlockWalk(blocksOf({ policy, receptions: onPath(2, 4) }), 0);
    assert.equal(walk.send(4), true);
    assert.equal(walk.powerSeconds, 1 / 2 + 0.5 / 4);
  });

  it('has its share of each block only, and is on the air as long', () => {
    const walk = new BlockWalk(blocksOf({ timeShare: 0.25, receptions: onPath(4, 4, 4, 4) }), 0);
    assert.equal(walk.send(3), true);
    assert.deepEqual([walk.seconds, walk.onAirSeconds, walk.powerSeconds], [3, 0.75, 0.75]);
  });

  it('waits for its own blocks where a scheduler gives them out by rank', () => {
    const luck = independentPath({ draw: (from) => from.uniform() }, { seed: 1, purpose: 'luck', link: 'a' });
    const schedule = { probability: (rank: number) => rank ** 3, luck };
    const receptions = [reception({ law: rayleigh, path: fadingPath(2) })];
    const walk = new BlockWalk(blocksOf({ schedule, receptions }), 0);
    assert.equal(walk.send(50_000), true);
    // A quarter of the blocks; the mean of the best of four exponentials is 1 + 1/2 + 1/3 + 1/4.
    assert.ok(Math.abs(walk.onAirSeconds / walk.seconds - 0.25) < 3 * Math.sqrt((0.25 * 0.75) / walk.blocks));
    const sd = Math.sqrt(1 + 1 / 4 + 1 / 9 + 1 / 16);
    assert.ok(Math.abs(50_000 / walk.onAirSeconds - 25 / 12) < (3 * sd) / Math.sqrt(walk.onAirSeconds));
  });

  it('hears nothing from the start of a silence until just before its end', () => {
    const silences = [
      { fromSeconds: 1.5, toSeconds: 4 },
      { fromSeconds: 5, toSeconds: 6.5 },
    ];
    const walk = new BlockWalk(blocksOf({ silences }), 1);
    assert.equal(walk.send(2), true);
    // On the air from 1 to 1.5, from 4 to 5 and from 6.5 to 7.
    assert.deepEqual([walk.seconds, walk.onAirSeconds], [6, 2]);
  });

  it('is slower by the factor of a script, and as long on the air', () => {
    const walk = new BlockWalk(blocksOf({ rateFactor: 0.5 }), 0);
    assert.equal(walk.send(2), true);
    assert.deepEqual([walk.seconds, walk.onAirSeconds], [4, 4]);
  });

  it('stops at its limit of time, in the middle of a block', () => {
    const walk = new BlockWalk(blocksOf({ limitSeconds: 2.5 }), 10);
    assert.equal(walk.send(3), false);
    assert.deepEqual([walk.seconds, walk.onAirSeconds], [2.5, 2.5]);
    assert.equal(new BlockWalk(blocksOf({ limitSeconds: 2.5 }), 10).send(2.5), true);
  });

  it('stops in a silence that has no end', () => {
    const silences = [{ fromSeconds: 1, toSeconds: Infinity }];
    const walk = new BlockWalk(blocksOf({ silences, limitSeconds: 100 }), 0);
    assert.equal(walk.send(2), false);
    assert.deepEqual([walk.seconds, walk.onAirSeconds, walk.blocks], [100, 1, 2]);
  });

  it('stops after 2^24 blocks where each has to be walked through', () => {
    const walk = new BlockWalk(blocksOf({ limitSeconds: Infinity }), 0);
    assert.equal(walk.send(1e12), false);
    assert.deepEqual([walk.blocks, walk.seconds], [maxBlocks, maxBlocks]);
  });

  it('carries exactly its bits over the blocks it took, whatever the draws', () => {
    const policy = ratePolicies.capacity(channelWith(), 1e6, rayleigh);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), fc.nat(), (bits, seed) => {
        const path = fadingPath(seed);
        const receptions = [reception({ law: rayleigh, path })];
        const walk = new BlockWalk(
          blocksOf({ policy, bandwidthHz: 1e6, coherenceSeconds: 0.01, receptions }),
          0,
        );
        assert.equal(walk.send(bits), true);
        let carried = 0;
        for (let block = 0; block < walk.blocks; block++) {
          const seconds = Math.min(0.01, walk.seconds - block * 0.01);
          carried += capacityBps(1e6, 1, path.gainAt(block)) * seconds;
        }
        assert.ok(Math.abs(carried - bits) <= 1e-6 * bits, `${carried} of ${bits}`);
      }),
      { numRuns: 200 },
    );
  });
});

describe('the walk of a sender that does not know the gain', () => {
  const blind = (changes: Partial<Blocks> = {}) => new BlockWalk(blocksOf(changes), 0);

  it('takes its time whatever the gains, and hears what the channel could carry meanwhile', () => {
    const walk = blind({ receptions: onPath(1, 3, 0, 7) });
    // log2(1 + g) for 1, 3 and 0, and half of it for 7.
    assert.equal(walk.sendBlindly(3.5), 1 + 2 + 0 + 1.5);
    assert.deepEqual([walk.seconds, walk.onAirSeconds, walk.blocks], [3.5, 3.5, 4]);
  });

  it('goes on within a block with the packet after', () => {
    const walk = blind({ receptions: onPath(1, 3) });
    assert.deepEqual([walk.sendBlindly(0.5), walk.sendBlindly(1)], [0.5, 0.5 + 1]);
    assert.equal(walk.blocks, 2);
  });

  it('hears nothing in a silence, though it is on the air', () => {
    const walk = blind({ receptions: onPath(1, 1, 1), silences: [{ fromSeconds: 1, toSeconds: 2 }] });
    assert.equal(walk.sendBlindly(3), 2);
    assert.equal(walk.onAirSeconds, 3);
  });

  it('needs more time at a share of it, or on a slowed link, for the same information', () => {
    const shared = blind({ timeShare: 0.5 });
    assert.equal(shared.sendBlindly(2), 2);
    assert.deepEqual([shared.seconds, shared.onAirSeconds], [4, 2]);
    const slowed = blind({ rateFactor: 0.5 });
    assert.equal(slowed.sendBlindly(2), 2);
    assert.deepEqual([slowed.seconds, slowed.onAirSeconds], [4, 4]);
  });

  it('stops at its limit of time', () => {
    const walk = blind({ limitSeconds: 1.5 });
    assert.equal(walk.sendBlindly(2), null);
    assert.equal(walk.seconds, 1.5);
  });
});
