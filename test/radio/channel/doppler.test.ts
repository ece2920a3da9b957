import assert from 'node:assert/strict';
import { correlationOf, dopplerHz, levelCrossing } from '../../../src/radio/channel/gain-paths/doppler.js';
import { ratioOfDecibels } from '../../../src/radio/channel/rate.js';

// Unless said otherwise, numbers are those of the shared reference channel.json, to all of its digits.
const close = (found: number, expected: number, digits: number) =>
  assert.ok(Math.abs(found - expected) <= 0.5000001 * 10 ** -digits, `${found} instead of ${expected}`);

describe('the Doppler shift', () => {
  it('is the scenario’s own where it gives one, 0 among them', () => {
    const channel = { dopplerHz: 10, speedMetersPerSecond: 1, carrierHz: 2e9 };
    assert.equal(dopplerHz(channel), 10);
    assert.equal(dopplerHz({ ...channel, dopplerHz: 0 }), 0);
  });

  it('is v f / c otherwise: 50 km/h at 900 MHz make 41.7 Hz', () => {
    const channel = { dopplerHz: null, speedMetersPerSecond: 50 / 3.6, carrierHz: 900e6 };
    close(dopplerHz(channel), (50 / 3.6) * (900e6 / 299_792_458), 9);
    close(dopplerHz(channel), 41.7, 1);
  });

  it('of 10 Hz correlates blocks of 1 ms by 0.999013 and of 10 ms by 0.903713', () => {
    close(correlationOf(10, 0.001), 0.999013, 6);
    close(correlationOf(10, 0.01), 0.903713, 6);
    assert.equal(correlationOf(0, 1), 1);
  });
});

describe('level crossing', () => {
  it('happens 10.27 times per second, for 26.4 ms in the mean, at theta = 1/gamma, 5 dB and 10 Hz', () => {
    const { ratePerSecond, averageFadeSeconds } = levelCrossing(10, 1 / ratioOfDecibels(5));
    close(ratePerSecond, 10.274341, 6);
    close(averageFadeSeconds, 0.026386762, 9);
  });

  it('takes the share of time that is the probability of an outage', () => {
    for (const gain of [0.001, 0.1, 1, 3]) {
      const { ratePerSecond, averageFadeSeconds } = levelCrossing(37, gain);
      close(ratePerSecond * averageFadeSeconds, 1 - Math.exp(-gain), 12);
    }
  });

  it('never happens where nothing moves, and needs a gain above 0', () => {
    assert.deepEqual(levelCrossing(0, 1), { ratePerSecond: 0, averageFadeSeconds: Infinity });
    assert.throws(() => levelCrossing(10, 0), RangeError);
  });
});
