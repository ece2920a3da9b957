import assert from 'node:assert/strict';
import { combinedGain, combinedGains } from '../../../src/radio/air/combined-gain.js';
import { assertMean, statistics } from '../channel/sample-statistics.js';
import { stream } from '../../../src/simulation/random/stream.js';

const near = (found: number, expected: number, tolerance = 1e-6) =>
  assert.ok(Math.abs(found / expected - 1) < tolerance, `${found}, expected ${expected}`);

describe('Gains behind a combiner towards the sum of the channels', () => {
  it('are those of Rayleigh fading with one antenna, however many send: P(g >= g0) = e^-g0, E[1/g; g >= g0] = E1(g0)', () => {
    for (const senders of [1, 2, 6, 50]) {
      const { reached, inverse } = combinedGain(1, senders, 0.1);
      near(reached, 0.9048374180359595);
      // scipy.special.exp1(0.1)
      near(inverse, 1.8229239584193906);
    }
  });

  it('of one sender with M antennas are Gamma(M): E[1/g] = 1/(M - 1)', () => {
    near(combinedGain(4, 1, 0).inverse, 1 / 3);
    assert.equal(combinedGain(1, 1, 0).inverse, Infinity);
  });

  it('have the law that SciPy integrates from the noncentral chi-square law given the sum', () => {
    // stats.ncx2(2, nc, scale=c) over stats.gamma(M), by integrate.quad
    near(combinedGain(4, 3, 0.1).reached, 0.9696896850780296);
    near(combinedGain(4, 3, 0.1).inverse, 1.0652105905783402);
    near(combinedGain(8, 6, 0.5).reached, 0.8514334546520603);
    near(combinedGain(8, 6, 0.5).inverse, 0.5298133595496711);
  });

  it('are drawn by that law: share above the cutoff, mean of 1/g above it, and mean (M + K - 1)/K', () => {
    const [antennas, senders, cutoff, blocks] = [4, 3, 0.1, 20_000];
    const law = combinedGain(antennas, senders, cutoff);
    const gains = Float64Array.from({ length: blocks }, (_, block) => {
      const draws = Array.from({ length: senders }, (_, k) => stream(1, 'antennas', k, block));
      return combinedGains(antennas, draws)[0]!;
    });
    assertMean(statistics(gains), 2);
    assertMean(statistics(gains.map((gain) => (gain >= cutoff ? 1 : 0))), law.reached);
    assertMean(statistics(gains.map((gain) => (gain >= cutoff ? 1 / gain : 0))), law.inverse);
  });
});
