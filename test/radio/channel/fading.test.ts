import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import type { GainLaw } from '../../../src/radio/channel/fading/fading.js';
import { empiricalLaw, gainLaw } from '../../../src/radio/channel/fading/index.js';
import { packageRoot } from '../../../src/paths.js';
import { stream } from '../../../src/simulation/random/stream.js';

type Fading = Parameters<typeof gainLaw>[0];

// By SciPy: test/golden/radio.py.
const golden = JSON.parse(readFileSync(join(packageRoot(), 'test/golden/radio.json'), 'utf8')) as {
  laws: { name: string; channel: Fading; cdf: [number, number][]; sameQuantile: [number, number][] }[];
};

const draws = 100_000;
/** Kolmogorov and Smirnov's critical distance at the level of 0.1 %. */
const critical = Math.sqrt(-Math.log(0.0005) / 2 / draws);

function distance(samples: Float64Array, law: GainLaw): number {
  const sorted = samples.sort();
  let largest = 0;
  sorted.forEach((gain, i) => {
    const expected = law.cdf(gain);
    largest = Math.max(largest, expected - i / sorted.length, (i + 1) / sorted.length - expected);
  });
  return largest;
}

for (const { name, channel, cdf, sameQuantile } of golden.laws) {
  describe(`${name} fading`, () => {
    const law = gainLaw(channel);

    it('has the distribution function that SciPy gives', () => {
      for (const [gain, expected] of cdf) {
        const found = law.cdf(gain);
        const tolerance = 1e-12 * Math.max(expected, 1e-30);
        assert.ok(Math.abs(found - expected) < tolerance, `${gain}: ${found} instead of ${expected}`);
      }
      assert.deepEqual([law.cdf(-1), law.cdf(0)], [0, 0]);
      assert.ok(Math.abs(law.cdf(1e6) - 1) < 1e-12);
    });

    it('draws gains of its law (Kolmogorov-Smirnov, 0.1 %)', () => {
      const from = stream(1, 'draws of', name);
      assert.ok(
        distance(
          Float64Array.from({ length: draws }, () => law.draw(from)),
          law,
        ) < critical,
      );
    });

    it('draws gains of its law by way of Rayleigh gains too', () => {
      const from = stream(1, 'ranks of', name);
      const gains = Float64Array.from({ length: draws }, () => law.ofRayleigh(from.exponential()));
      assert.ok(distance(gains, law) < critical);
    });

    it('finds the gain of a rank as SciPy does, from a rank of 1e-14 to one of 1 - 1e-13', () => {
      for (const [rayleigh, expected] of sameQuantile) {
        const found = law.ofRayleigh(rayleigh);
        assert.ok(Math.abs(found / expected - 1) < 1e-8, `${rayleigh}: ${found} instead of ${expected}`);
      }
    });

    it('keeps the order of ranks, beyond the ends of its table as well', () => {
      fc.assert(
        fc.property(fc.double({ min: -60, max: 4.5, noNaN: true }), (logarithm) => {
          const rayleigh = Math.exp(logarithm);
          assert.ok(law.ofRayleigh(rayleigh * 1.001) > law.ofRayleigh(rayleigh));
        }),
      );
    });

    it('has mass 1 and mean 1 by its own quadrature', () => {
      assert.ok(Math.abs(law.mean(() => 1) - 1) < 1e-11);
      assert.ok(Math.abs(law.mean((gain) => gain) - 1) < 1e-11);
    });

    it('averages over the gains from a bound on, and over steps at named breaks', () => {
      assert.ok(Math.abs(law.mean(() => 1, { above: 0.3 }) - (1 - law.cdf(0.3))) < 1e-11);
      const steps = (gain: number) => (gain < 0.2 ? 0 : gain < 1.7 ? 1 : 5);
      const expected = law.cdf(1.7) - law.cdf(0.2) + 5 * (1 - law.cdf(1.7));
      assert.ok(Math.abs(law.mean(steps, { breaks: [1.7, 0.2, 1e9] }) - expected) < 1e-11);
    });
  });
}

describe('a law of gains', () => {
  const channel = { fading: 'rayleigh', ricianK: 3, nakagamiM: 2 } as const;

  it('is the constant 1 where nothing fades', () => {
    const law = gainLaw({ ...channel, fading: 'none' });
    const from = stream(1, 'none');
    assert.deepEqual([law.draw(from), law.cdf(0.99), law.cdf(1), law.ofRayleigh(0.2)], [1, 0, 1, 1]);
    assert.equal(
      law.mean((gain) => 3 * gain),
      3,
    );
    assert.equal(
      law.mean((gain) => 3 * gain, { above: 1.1 }),
      0,
    );
  });

  it('is Rayleigh’s for Rician K = 0 and for Nakagami m = 1', () => {
    for (const same of [
      gainLaw({ ...channel, fading: 'rician', ricianK: 0 }),
      gainLaw({ ...channel, fading: 'nakagami', nakagamiM: 1 }),
    ]) {
      assert.equal(same, gainLaw(channel));
    }
  });

  it('comes close to the constant 1 for a great K and a great m', () => {
    for (const law of [
      gainLaw({ ...channel, fading: 'rician', ricianK: 1e4 }),
      gainLaw({ ...channel, fading: 'nakagami', nakagamiM: 1e4 }),
    ]) {
      assert.ok(law.cdf(0.9) < 1e-10 && law.cdf(1.1) > 1 - 1e-10);
      assert.ok(Math.abs(law.mean((gain) => gain) - 1) < 1e-9);
      assert.ok(Math.abs(law.mean((gain) => Math.log(gain))) < 1e-3);
    }
  });

  it('refuses a trace, a K below 0 and an m below 0.5', () => {
    assert.throws(() => gainLaw({ ...channel, fading: 'trace' }), RangeError);
    assert.throws(() => gainLaw({ ...channel, fading: 'rician', ricianK: -1 }), RangeError);
    assert.throws(() => gainLaw({ ...channel, fading: 'nakagami', nakagamiM: 0.4 }), RangeError);
  });
});

describe('an empirical law', () => {
  const law = empiricalLaw([3, 1, 1, 2]);

  it('counts its samples', () => {
    assert.deepEqual(
      [0.5, 1, 2.5, 3].map((gain) => law.cdf(gain)),
      [0, 0.5, 0.75, 1],
    );
    assert.equal(
      law.mean((gain) => gain * gain),
      15 / 4,
    );
    assert.equal(
      law.mean((gain) => gain, { above: 2 }),
      5 / 4,
    );
    assert.deepEqual(
      [0, 0.6, 0.8, 1.3, 50].map((gain) => law.ofRayleigh(gain)),
      [1, 1, 2, 2, 3],
    );
  });

  it('draws each sample equally often', () => {
    const from = stream(1, 'empirical');
    let ones = 0;
    for (let i = 0; i < draws; i++) if (law.draw(from) === 1) ones++;
    assert.ok(Math.abs(ones / draws - 0.5) < 3 * Math.sqrt(0.25 / draws));
  });

  it('needs a sample, and only gains', () => {
    for (const gains of [[], [1, -1], [1, NaN], [Infinity]])
      assert.throws(() => empiricalLaw(gains), RangeError);
  });
});
