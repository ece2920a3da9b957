import assert from 'node:assert/strict';
import {
  coherenceTimeSeconds,
  correlations,
  greatestDopplerHz,
  levelCrossing,
  memoryPeriods,
  steadyDopplerHz,
} from '../../../src/radio/channel/gain-paths/doppler.js';
import { ratioOfDecibels } from '../../../src/radio/channel/rate.js';

// Unless said otherwise, numbers are those of the shared reference channel.json, to all of its digits.
const close = (found: number, expected: number, digits: number) =>
  assert.ok(Math.abs(found - expected) <= 0.5000001 * 10 ** -digits, `${found} instead of ${expected}`);

describe('the Doppler shift', () => {
  it('is the scenario’s own where it gives one, 0 among them', () => {
    const channel = { dopplerHz: 10, speedMetersPerSecond: 1, carrierHz: 2e9, cell: null };
    assert.equal(steadyDopplerHz(channel), 10);
    assert.equal(steadyDopplerHz({ ...channel, dopplerHz: 0 }), 0);
  });

  it('is v f / c otherwise: 50 km/h at 900 MHz make 41.7 Hz', () => {
    const channel = { dopplerHz: null, speedMetersPerSecond: 50 / 3.6, carrierHz: 900e6, cell: null };
    close(steadyDopplerHz(channel)!, (50 / 3.6) * (900e6 / 299_792_458), 9);
    close(steadyDopplerHz(channel)!, 41.7, 1);
  });

  it('of a client that moves through a cell is not steady; the greatest is that of its greatest speed', () => {
    const cell = { mobility: { maxSpeedMetersPerSecond: 30 } };
    const channel = { dopplerHz: null, speedMetersPerSecond: 1, carrierHz: 2e9, cell };
    assert.equal(steadyDopplerHz(channel), null);
    close(greatestDopplerHz(channel), (30 * 2e9) / 299_792_458, 9);
    assert.equal(steadyDopplerHz({ ...channel, dopplerHz: 7 }), 7);
    assert.equal(greatestDopplerHz({ ...channel, dopplerHz: 7 }), 7);
    close(steadyDopplerHz({ ...channel, cell: { mobility: null } })!, 2e9 / 299_792_458, 9);
  });

  it('of 10 Hz correlates blocks of 1 ms by 0.999013 and of 10 ms by 0.903713 in Clarke’s model', () => {
    close(correlations.jakes(0.01), 0.999013, 6);
    close(correlations.jakes(0.1), 0.903713, 6);
    assert.equal(correlations.jakes(0), 1);
  });

  it('gives a Gauss-Markov gain as much memory of its power as Clarke’s model has in ten periods', () => {
    // scipy.integrate.quad of j0(2 pi x)^2 over (0, 10): 0.34394384.
    close(memoryPeriods, 2 * 0.34394384, 6);
    const step = 1e-3;
    let [markov, clarke] = [0, 0];
    for (let x = -40 + step / 2; x < 40; x += step)
      markov += correlations['gauss-markov'](Math.abs(x)) ** 2 * step;
    for (let x = -10 + step / 2; x < 10; x += step) clarke += correlations.jakes(x) ** 2 * step;
    close(markov, clarke, 5);
  });

  it('leaves a half of the power’s correlation after the coherence time in Clarke’s model', () => {
    // To two digits: J0^2 falls to 1/2 at 0.1792 periods, 9 / (16 pi) = 0.1790.
    close(correlations.jakes(coherenceTimeSeconds(1)) ** 2, 0.5, 2);
    close(coherenceTimeSeconds(10), 0.0179, 4);
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
