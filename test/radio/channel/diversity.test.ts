import assert from 'node:assert/strict';
import { ergodicBps, gainForRate } from '../../../src/radio/channel/closed-forms.js';
import { combinedLaw } from '../../../src/radio/channel/fading/combining.js';
import { empiricalLaw, gainLaw } from '../../../src/radio/channel/fading/index.js';
import { ratioOfDecibels } from '../../../src/radio/channel/rate.js';
import { stream } from '../../../src/simulation/random/stream.js';
import { uplinkWith } from './a-link.js';
import { assertMean, statisticsOf } from './sample-statistics.js';

const snr = ratioOfDecibels(5);

function near(found: number, expected: number, tolerance: number): void {
  assert.ok(Math.abs(found - expected) <= tolerance, `${found}, expected ${expected} within ${tolerance}`);
}

/**
 * By SciPy 1.17, scipy.integrate.quad over stats.gamma(L), stats.gamma(2 L, scale=1/2) and
 * stats.ncx2(2 L, 6 L, scale=1/8): E[log2(1 + snr g)] at 5 dB, and the outage of 2.5 bit/s/Hz.
 */
const combined = [
  ['rayleigh', 2, 2.6160305429, 0.432971449598],
  ['rayleigh', 4, 3.6149292389, 0.0622539635007],
  ['nakagami', 2, 2.7404816838, 0.340504607232],
  ['nakagami', 4, 3.692918695, 0.0107643282904],
  ['rician', 2, 2.751187515, 0.318149892173],
  ['rician', 4, 3.7008770297, 0.010025662213],
] as const;

describe('maximal-ratio combining of receive antennas', () => {
  for (const [fading, antennas, capacity, outage] of combined) {
    const law = combinedLaw(gainLaw({ fading, ricianK: 3, nakagamiM: 2 }), antennas);

    it(`has SciPy’s capacity and outage with ${antennas} antennas under "${fading}"`, () => {
      near(ergodicBps(law, snr, 1), capacity, 1e-8);
      near(law.cdf(gainForRate(2.5, 1, snr)), outage, 1e-9);
      near(
        law.mean((gain) => gain),
        antennas,
        1e-8,
      );
    });

    it(`draws gains of that law with ${antennas} antennas under "${fading}"`, () => {
      const draws = stream(1, 'diversity', fading, antennas);
      const found = statisticsOf(40_000, () => Math.log2(1 + snr * law.draw(draws)));
      assertMean(found, capacity);
    });

    it(`adds up ${antennas} independent fields over time under "${fading}"`, () => {
      const uplink = { receiveAntennas: antennas };
      const changes = { fading, correlation: 'gauss-markov' as const, dopplerHz: 100, uplink };
      const { path } = uplinkWith(changes);
      // Blocks two seconds apart have nothing in common.
      const found = statisticsOf(4_000, (i) => Math.log2(1 + snr * path.gainAt(40 * i)));
      assertMean(found, capacity);
    });
  }

  it('leaves one antenna the gains that it had', () => {
    const law = gainLaw({ fading: 'rician', ricianK: 3, nakagamiM: 2 });
    assert.equal(combinedLaw(law, 1), law);
    const gains = (uplink: { receiveAntennas?: number }) => {
      const { path } = uplinkWith({ correlation: 'jakes', uplink });
      return Array.from({ length: 10 }, (_, block) => path.gainAt(block));
    };
    assert.deepEqual(gains({ receiveAntennas: 1 }), gains({}));
  });

  it('adds the ratio alone where nothing fades', () => {
    const law = combinedLaw(gainLaw({ fading: 'none', ricianK: 3, nakagamiM: 2 }), 4);
    near(ergodicBps(law, 1, 1), Math.log2(5), 1e-12);
  });

  it('refuses gains whose sum has no known law', () => {
    assert.throws(() => combinedLaw(empiricalLaw([1, 2]), 2), /receiveAntennas is 2, expected 1: the fading/);
  });
});
