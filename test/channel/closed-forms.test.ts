import assert from 'node:assert/strict';
import {
  blockAccumulatedSeconds,
  capacityStdDevBps,
  ergodicCapacityBps,
  exponentialIntegral,
  outageProbability,
  truncatedArqMeanTransmissions,
} from '../../src/channel/closed-forms.js';
import { capacityBps, ratioOfDecibels } from '../../src/channel/rate.js';

const close = (found: number, expected: number, digits: number) =>
  assert.ok(Math.abs(found - expected) <= 0.5000001 * 10 ** -digits, `${found} instead of ${expected}`);
const snr = ratioOfDecibels(5);

// Unless said otherwise, numbers are those of the shared reference channel.json, to all of its digits.
describe('the closed forms of a Rayleigh link', () => {
  it('give the exponential integral as tabulated', () => {
    // Abramowitz and Stegun, tables 5.1 and 5.2 (E1(10) from x e^x E1(x) there).
    for (const [x, e1] of [
      [0.01, 4.037929577],
      [0.1, 1.822923958],
      [0.5, 0.559773595],
      [1, 0.219383934],
      [1.5, 0.100019582],
      [2, 0.048900511],
    ] as const) {
      close(exponentialIntegral(x), e1, 9);
    }
    close(exponentialIntegral(10) / 4.156968929685324e-6, 1, 9);
    assert.throws(() => exponentialIntegral(0), RangeError);
  });

  it('give the mean capacity at 0, 5, 10 and 20 dB, and of a broadcast at a tenth of the mean SNR', () => {
    for (const [decibels, mbps] of [
      [0, 0.860347],
      [5, 1.715974],
      [10, 2.906515],
      [20, 5.884048],
    ] as const) {
      close(ergodicCapacityBps(1e6, ratioOfDecibels(decibels)) / 1e6, mbps, 6);
    }
    close(ergodicCapacityBps(1e6, snr / 10) / 1e6, 0.36215, 6);
  });

  it('go over into each other where the series of E1 ends', () => {
    close(ergodicCapacityBps(1, 1 + 1e-9) / ergodicCapacityBps(1, 1 - 1e-9), 1, 8);
  });

  it('give the standard deviation of the capacity', () => {
    close(capacityStdDevBps(1e6, snr) / 1e6, 0.977675, 6);
  });

  it('give the capacity without fading', () => {
    close(capacityBps(1e6, snr, 1) / 1e6, 2.057373, 6);
  });

  it('give the outage probability of a fixed rate', () => {
    for (const [mbps, probability] of [
      [0.5, 0.12277],
      [1, 0.271107],
      [2, 0.612749],
    ] as const) {
      close(outageProbability(mbps * 1e6, 1e6, snr), probability, 6);
    }
  });

  it('give the mean number of transmissions of truncated ARQ', () => {
    close(truncatedArqMeanTransmissions(outageProbability(1e6, 1e6, snr), 4), 1.364531, 6);
    assert.equal(truncatedArqMeanTransmissions(0, 4), 1);
    assert.equal(truncatedArqMeanTransmissions(1, 4), 4);
  });

  it('give the time of 36 adapters of GPT-2 small over blocks of 50 ms', () => {
    const link = { bandwidthHz: 1e6, snr, coherenceSeconds: 0.05 };
    const { mean, standardDeviation } = blockAccumulatedSeconds(18_590_976, link);
    close(mean, 10.84218, 6);
    close(standardDeviation, 0.419338, 6);
  });
});
