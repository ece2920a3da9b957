import assert from 'node:assert/strict';
import { gainLaw } from '../../../src/radio/channel/fading/index.js';
import { levelCrossing, memoryPeriods } from '../../../src/radio/channel/gain-paths/doppler.js';
import { gainPath } from '../../../src/radio/channel/gain-paths/index.js';
import { motionOf } from '../../../src/radio/channel/gain-paths/motion.js';
import { RandomWaypoint } from '../../../src/radio/channel/large-scale/random-waypoint.js';
import { cell } from './large-scale/a-cell.js';
import { channelWith, linksWith, type ChannelChanges } from './a-link.js';

const correlations = ['gauss-markov', 'jakes'] as const;
const hertzPerSpeed = 2e9 / 299_792_458;

/** A cell of 2 km through which all drive at one speed. */
const drivingAt = (metersPerSecond: number, pauseSeconds = 0) => ({
  ...cell,
  radiusMeters: 2000,
  mobility: {
    minSpeedMetersPerSecond: metersPerSecond,
    maxSpeedMetersPerSecond: metersPerSecond,
    pauseSeconds,
  },
});

function pathOf(changes: ChannelChanges, id = 'client-1') {
  const channel = channelWith(changes);
  const motion = motionOf(channel, { seed: 1, id, index: 0 });
  return gainPath(channel, { seed: 1, link: id, law: gainLaw(channel), motion });
}

describe('the gain of a client that moves through its cell', () => {
  it('fades as often as its speed says, at twice the speed twice as often (Rice’s formula)', () => {
    const coherenceSeconds = 5e-5;
    const blocks = 4096;
    const links = 120;
    for (const speed of [15, 30]) {
      const rates = Array.from({ length: links }, (_, link) => {
        const changes = { correlation: 'jakes', cell: drivingAt(speed), coherenceSeconds } as const;
        const path = pathOf(changes, `client-${link}`);
        let crossings = 0;
        for (let block = 1; block < blocks; block++) {
          if (path.gainAt(block - 1) >= 0.3 && path.gainAt(block) < 0.3) crossings++;
        }
        return crossings / (blocks - 1) / coherenceSeconds;
      });
      const mean = rates.reduce((sum, rate) => sum + rate, 0) / links;
      const sd = Math.sqrt(rates.reduce((sum, rate) => sum + (rate - mean) ** 2, 0) / (links - 1));
      const { ratePerSecond } = levelCrossing(speed * hertzPerSpeed, 0.3);
      const error = sd / Math.sqrt(links);
      assert.ok(Math.abs(mean - ratePerSecond) < 3 * error, `${speed} m/s: ${mean} +- ${error} per second`);
    }
  });

  it('is a function of the way: at twice the speed the same in half the time', () => {
    const at = (speed: number) =>
      pathOf({ correlation: 'jakes', cell: drivingAt(speed), coherenceSeconds: 0.001 });
    const [slow, fast] = [at(10), at(20)];
    for (let block = 0; block < 600_000; block += 997) {
      const [one, other] = [slow.gainAt(2 * block), fast.gainAt(block)];
      assert.ok(Math.abs(one - other) < 1e-4, `block ${block}: ${one}, ${other}`);
    }
  });

  it('forgets by the way in a Gauss-Markov process: the power’s autocovariance is e^(-2 s / 0.688)', () => {
    const changes = { correlation: 'gauss-markov', cell: drivingAt(15), coherenceSeconds: 0.001 } as const;
    for (const lag of [1, 5, 20]) {
      const found = Array.from({ length: 150 }, (_, link) => {
        const path = pathOf(changes, `client-${link}`);
        let sum = 0;
        for (let block = 0; block < 5000; block += 5) {
          sum += (path.gainAt(block) - 1) * (path.gainAt(block + lag) - 1);
        }
        return sum / 1000;
      });
      const mean = found.reduce((sum, one) => sum + one, 0) / found.length;
      const error = Math.sqrt(
        found.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (found.length - 1) / found.length,
      );
      const expected = Math.exp((-2 * lag * 0.001 * 15 * hertzPerSpeed) / memoryPeriods);
      assert.ok(Math.abs(mean - expected) < 3 * error, `lag ${lag}: ${mean} +- ${error}, not ${expected}`);
    }
  });

  for (const correlation of correlations) {
    it(`stays as it is while the client rests, and goes on from there: ${correlation}`, () => {
      const driven = drivingAt(15, 100);
      const track = new RandomWaypoint(driven, driven.mobility, { seed: 1, id: 'client-1', index: 0 });
      let arrival = 0;
      while (track.travelledMeters(arrival + 1) > track.travelledMeters(arrival)) arrival++;
      const path = pathOf({ correlation, cell: driven, coherenceSeconds: 0.001 });
      const blockOf = (seconds: number) => Math.round(seconds * 1000);
      const rest = path.gainAt(blockOf(arrival + 1));
      for (const after of [2, 50, 98]) {
        const gain = path.gainAt(blockOf(arrival + after));
        assert.ok(Math.abs(gain - rest) < 1e-9, `${gain} and ${rest}`);
      }
      assert.ok(Math.abs(path.gainAt(blockOf(arrival + 101)) - rest) > 1e-6);
      const before = path.gainAt(blockOf(arrival - 1));
      assert.ok(Math.abs(before - rest) > 1e-6);
    });

    it(`is the same in any order of asking: ${correlation}`, () => {
      const changes = { correlation, cell: drivingAt(15, 0.5), coherenceSeconds: 0.001 } as const;
      const forward = pathOf(changes);
      const blocks = Array.from({ length: 500 }, (_, i) => i * 1013);
      const expected = blocks.map((block) => forward.gainAt(block));
      const backward = pathOf(changes);
      for (let i = blocks.length - 1; i >= 0; i--) assert.equal(backward.gainAt(blocks[i]!), expected[i]);
    });
  }

  it('keeps the pace of a Doppler shift that the scenario states', () => {
    const stated: ChannelChanges = { correlation: 'jakes', dopplerHz: 7 };
    const [standing, driving] = [pathOf(stated), pathOf({ ...stated, cell: drivingAt(15) })];
    for (const block of [0, 5, 1e6]) assert.equal(driving.gainAt(block), standing.gainAt(block));
  });

  it('has fades of its own in each direction', () => {
    const [uplink, downlink] = linksWith({ correlation: 'jakes', cell: drivingAt(15) });
    assert.notEqual(uplink!.path.gainAt(7), downlink!.path.gainAt(7));
  });
});
