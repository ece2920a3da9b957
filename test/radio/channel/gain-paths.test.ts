import assert from 'node:assert/strict';
import fc from 'fast-check';
import { levelCrossing, memoryPeriods } from '../../../src/radio/channel/gain-paths/doppler.js';
import { gainLaw } from '../../../src/radio/channel/fading/index.js';
import { complexGains, segmentBlocks } from '../../../src/radio/channel/gain-paths/gain-path.js';
import { gainPath, type GainPath } from '../../../src/radio/channel/gain-paths/index.js';
import { jakesField } from '../../../src/radio/channel/gain-paths/jakes.js';
import { motionOf, steadyMotion } from '../../../src/radio/channel/gain-paths/motion.js';
import { besselJ0 } from '../../../src/radio/channel/special-functions.js';

type Channel = Parameters<typeof gainPath>[0] & Parameters<typeof motionOf>[0];

const channel: Channel = {
  fading: 'rayleigh',
  ricianK: 3,
  nakagamiM: 2,
  correlation: 'gauss-markov',
  coherenceSeconds: 0.01,
  dopplerHz: 10,
  speedMetersPerSecond: 1,
  carrierHz: 2e9,
  cell: null,
};

/** The gains of the link of a client; link and client have one name here. */
function pathOf(own: Channel, seed: number, link: string): GainPath {
  const motion = motionOf(own, { seed, id: link, index: 0 });
  return gainPath(own, { seed, link, law: gainLaw(own), motion });
}
const correlations = ['gauss-markov', 'jakes'] as const;
const fadings = ['rayleigh', 'rician', 'nakagami'] as const;

/** Means over links of each of some figures, and their standard errors from the spread over links. */
function overLinks(links: number, figures: (link: string) => readonly number[]) {
  const rows = Array.from({ length: links }, (_, i) => figures(`link-${i}`));
  return rows[0]!.map((_, column) => {
    const mean = rows.reduce((sum, row) => sum + row[column]!, 0) / links;
    const squares = rows.reduce((sum, row) => sum + (row[column]! - mean) ** 2, 0);
    return { mean, error: Math.sqrt(squares / (links - 1) / links) };
  });
}

function meets(found: { mean: number; error: number }[], expected: readonly number[]) {
  assert.equal(found.length, expected.length);
  found.forEach(({ mean, error }, i) => {
    const deviation = (mean - expected[i]!) / error;
    assert.ok(Math.abs(deviation) < 3, `figure ${i}: ${mean} +- ${error} instead of ${expected[i]}`);
  });
}

/** Autocovariances of a path's power gain, whose mean is 1, at some lags, over some blocks. */
function covariances(path: GainPath, lags: readonly number[], blocks: readonly number[]): number[] {
  return lags.map((lag) => {
    let sum = 0;
    for (const block of blocks) sum += (path.gainAt(block) - 1) * (path.gainAt(block + lag) - 1);
    return sum / blocks.length;
  });
}

const range = (to: number, step = 1) => Array.from({ length: Math.floor(to / step) }, (_, i) => i * step);

for (const correlation of correlations) {
  describe(`a ${correlation} path`, () => {
    for (const fading of fadings) {
      it(`has gains of the ${fading} law (Kolmogorov-Smirnov, 0.1 %, over 10 000 links)`, () => {
        // At fD T = 0.5 blocks 25 apart have next to nothing in common.
        const own = { ...channel, correlation, fading, coherenceSeconds: 0.05 };
        const gains = new Float64Array(100_000);
        for (let link = 0, i = 0; link < 10_000; link++) {
          const path = pathOf(own, 1, `link-${link}`);
          for (let block = 0; block < 250; block += 25) gains[i++] = path.gainAt(block);
        }
        const law = gainLaw(own);
        let distance = 0;
        gains.sort().forEach((gain, i) => {
          distance = Math.max(distance, law.cdf(gain) - i / 1e5, (i + 1) / 1e5 - law.cdf(gain));
        });
        assert.ok(distance < Math.sqrt(-Math.log(0.0005) / 2 / 1e5), `${distance}`);
      });

      it(`gives equal ${fading} gains in any order of asking`, () => {
        const own = { ...channel, correlation, fading, coherenceSeconds: 0.001 };
        const sequential = pathOf(own, 7, 'a');
        const expected = Array.from({ length: 3000 }, (_, block) => sequential.gainAt(block));
        fc.assert(
          fc.property(fc.array(fc.nat(2999), { minLength: 1, maxLength: 20 }), (blocks) => {
            const path = pathOf(own, 7, 'a');
            for (const block of blocks) assert.equal(path.gainAt(block), expected[block]);
          }),
          { numRuns: 40 },
        );
      });
    }

    it('does not depend on other links, and differs between links and between seeds', () => {
      const own = { ...channel, correlation };
      const gains = (path: GainPath) => [0, 300, 1e6, 2 ** 45].map((block) => path.gainAt(block));
      const alone = gains(pathOf(own, 1, 'a'));
      const [a, b] = [pathOf(own, 1, 'a'), pathOf(own, 1, 'b')];
      gains(b);
      assert.deepEqual(gains(a), alone);
      assert.notDeepEqual(gains(b), alone);
      assert.notDeepEqual(gains(pathOf(own, 2, 'a')), alone);
    });

    it('stands still without a Doppler shift, at a gain of its law', () => {
      const still = { ...channel, correlation, dopplerHz: 0 };
      const path = pathOf(still, 1, 'a');
      assert.equal(path.gainAt(0), path.gainAt(1e9));
      meets(
        overLinks(20_000, (link) => [pathOf(still, 1, link).gainAt(3)]),
        [1],
      );
    });

    it('is 1 for ever where nothing fades, and refuses what is no block', () => {
      const constant = pathOf({ ...channel, correlation, fading: 'none' }, 1, 'a');
      assert.deepEqual([constant.gainAt(0), constant.gainAt(1e12)], [1, 1]);
      for (const path of [constant, pathOf({ ...channel, correlation }, 1, 'a')]) {
        for (const block of [-1, 0.5, NaN, 2 ** 53]) assert.throws(() => path.gainAt(block), RangeError);
      }
    });
  });
}

describe('a Gauss-Markov path', () => {
  it('has the autocorrelation rho^2k of the power gain at lag k, rho = e^(-T / Tc) = 0.864697', () => {
    const rho = Math.exp(-0.1 / memoryPeriods);
    const lags = [1, 2, 5, 10];
    const blocks = range(10_000);
    meets(
      overLinks(60, (link) => covariances(pathOf(channel, 2, link), lags, blocks)),
      lags.map((lag) => rho ** (2 * lag)),
    );
  });

  it('has it over thousands of blocks, rho = 0.985568', () => {
    const slow = { ...channel, coherenceSeconds: 0.001 };
    const rho = Math.exp(-0.01 / memoryPeriods);
    const lags = [1, 100, 500, 2000];
    const blocks = range(8000, 8);
    meets(
      overLinks(100, (link) => covariances(pathOf(slow, 3, link), lags, blocks)),
      lags.map((lag) => rho ** (2 * lag)),
    );
  });

  it('has it across the borders of leaves and of roots', () => {
    const rho = Math.exp(-0.1 / memoryPeriods);
    const straddling = range(200 * 8).map((i) => 256 * (1 + Math.floor(i / 8)) - 8 + (i % 8));
    meets(
      overLinks(100, (link) => covariances(pathOf(channel, 4, link), [8], straddling)),
      [rho ** 16],
    );
  });

  it('is drawn at the longest roots too, and goes on past their end', () => {
    const crawling = { ...channel, dopplerHz: 1e-9 };
    const path = pathOf(crawling, 1, 'a');
    const [first, next] = [path.gainAt(0), path.gainAt(1)];
    // A block is 1.5e-11 of the memory, over which the gain changes by some sqrt(2 x 1.5e-11) = 5e-6.
    assert.ok(Math.abs(first - next) < 1e-4);
    assert.ok(Math.abs(path.gainAt(2 ** 40 - 1) - path.gainAt(2 ** 40)) < 1e-4);
  });
});

describe('a Jakes path', () => {
  const dopplerPerBlock = 0.02;
  const own = { ...channel, correlation: 'jakes', coherenceSeconds: 0.002 } as const;

  it('has the autocorrelation J0 of the complex gain', () => {
    const [a, b] = [complexGains(), complexGains()];
    const lags = [5, 19, 30, 256];
    const found = overLinks(3000, (link) => {
      const field = jakesField(steadyMotion(dopplerPerBlock), 1, link);
      field.fill(0, a);
      field.fill(1, b);
      return lags.map((lag) => {
        let sum = 0;
        for (let k = 0; k < 64; k++) {
          const later = k + lag < segmentBlocks ? a : b;
          const at = (k + lag) % segmentBlocks;
          sum += a.real[k]! * later.real[at]! + a.imaginary[k]! * later.imaginary[at]!;
        }
        return sum / 64;
      });
    });
    meets(
      found,
      lags.map((lag) => besselJ0(2 * Math.PI * dopplerPerBlock * lag)),
    );
  });

  it('has the autocovariance (1 - 5/M) J0^2 and four small terms of the power gain, M = 125', () => {
    // Pairs of sinusoids of two groups; and of one group, whose shifts differ by up to 2 sin(pi j / 5) fD.
    const expected = (x: number) =>
      [1, 2, 3, 4].reduce(
        (sum, j) => sum + besselJ0(2 * Math.sin((Math.PI * j) / 5) * x) / 125,
        (1 - 5 / 125) * besselJ0(x) ** 2,
      );
    const lags = [5, 19, 30, 250];
    const angles = lags.map((lag) => 2 * Math.PI * dopplerPerBlock * lag);
    const blocks = range(256, 4);
    meets(
      overLinks(4000, (link) => covariances(pathOf(own, 1, link), lags, blocks)),
      angles.map(expected),
    );
    for (const x of angles) assert.ok(Math.abs(expected(x) - besselJ0(x) ** 2) < 0.02, 'which is near J0^2');
  });

  it('falls below 1/gamma as often, and for as long, as Rice’s formula says', () => {
    const threshold = 10 ** -0.5;
    const seconds = 0.0005;
    const blocks = 4096;
    const { ratePerSecond, averageFadeSeconds } = levelCrossing(10, threshold);
    const found = overLinks(300, (link) => {
      const path = pathOf({ ...own, coherenceSeconds: seconds }, 1, link);
      let crossings = 0;
      let faded = 0;
      for (let block = 1; block < blocks; block++) {
        if (path.gainAt(block) >= threshold) continue;
        faded++;
        if (path.gainAt(block - 1) >= threshold) crossings++;
      }
      // Time below, less what so many fades take in the mean.
      return [crossings / ((blocks - 1) * seconds), faded * seconds - crossings * averageFadeSeconds];
    });
    meets(found, [ratePerSecond, 0]);
  });

  it('lets the mean gain of a link over 67 / fD vary as much as Clarke’s spectrum says', () => {
    // Variance of a mean of n blocks: (1 + 2 sum of (1 - k/n) J0^2(2 pi fD T k)) / n.
    const count = 335;
    const slow = { ...own, coherenceSeconds: 0.02 };
    let expected = 1;
    for (let k = 1; k < count; k++) expected += 2 * (1 - k / count) * besselJ0(0.4 * Math.PI * k) ** 2;
    const found = overLinks(1200, (link) => {
      const path = pathOf(slow, 1, link);
      const mean = range(count).reduce((sum, block) => sum + path.gainAt(block), 0) / count;
      return [mean, (mean - 1) ** 2];
    });
    meets(found, [1, expected / count]);
  });

  it('gives every link the mean square Doppler shift of Clarke’s spectrum', () => {
    const into = complexGains();
    for (const link of ['a', 'b', 'c']) {
      // Over a long time the mean of |h(t + T) - h(t)|^2 is 2 (1 - J0), to fourth order in fD T.
      const field = jakesField(steadyMotion(0.01), 1, link);
      let sum = 0;
      let power = 0;
      for (let segment = 0; segment < 1000; segment++) {
        field.fill(segment * 3, into);
        sum += (into.real[1]! - into.real[0]!) ** 2 + (into.imaginary[1]! - into.imaginary[0]!) ** 2;
        power += into.real[0]! ** 2 + into.imaginary[0]! ** 2;
      }
      assert.ok(Math.abs(power / 1000 - 1) < 0.1);
      assert.ok(Math.abs(sum / 1000 / (2 * (1 - besselJ0(2 * Math.PI * 0.01))) - 1) < 0.1);
    }
  });

  it('goes on without a jump from segment to segment', () => {
    const path = pathOf({ ...own, coherenceSeconds: 1e-6 }, 1, 'a');
    for (const border of [256, 256 * 1000, 256 * 1e6]) {
      assert.ok(Math.abs(path.gainAt(border) - path.gainAt(border - 1)) < 1e-3);
      const bend = path.gainAt(border + 1) - 2 * path.gainAt(border) + path.gainAt(border - 1);
      assert.ok(Math.abs(bend) < 1e-6, `${bend}`);
    }
  });
});

describe('a gain path', () => {
  it('is not there for a trace, whose gains come from its file', () => {
    const law = gainLaw(channel);
    const gains = { seed: 1, link: 'a', law, motion: steadyMotion(0.1) };
    assert.throws(() => gainPath({ ...channel, fading: 'trace' }, gains), RangeError);
  });

  it('takes the Doppler shift from speed and carrier where none is given', () => {
    const byShift = pathOf({ ...channel, dopplerHz: (3 * 2e9) / 299_792_458 }, 1, 'a');
    const bySpeed = pathOf({ ...channel, dopplerHz: null, speedMetersPerSecond: 3 }, 1, 'a');
    assert.equal(byShift.gainAt(77), bySpeed.gainAt(77));
  });
});
