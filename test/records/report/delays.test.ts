import assert from 'node:assert/strict';
import { resolveScenario } from '../../../src/scenario/validate.js';
import { delayLaw } from '../../../src/records/report/closed-form-delay.js';
import type { DelayLaw } from '../../../src/records/report/delay-law.js';
import { empiricalCdf, meanAndSd, widestGap } from '../../../src/records/report/delays.js';

const clients = ['client-1', 'client-2', 'client-3', 'client-4'];

function expected(bits: number, channel: object) {
  return delayLaw(
    bits,
    resolveScenario({ name: 'one-link', channel: { coherenceSeconds: 0.05, ...channel } }),
    'uplink',
    clients,
  );
}

function lawOf(bits: number, channel: object): DelayLaw {
  const found = expected(bits, channel);
  assert.ok('law' in found, 'why' in found ? found.why : '');
  return found.law;
}

function assertNear(actual: number, wanted: number, within: number): void {
  assert.ok(Math.abs(actual - wanted) <= within, `${actual}, expected ${wanted} within ${within}`);
}

describe('the law of a delay', () => {
  it('is the reference’s for the paper’s link: 10.84218 s and 0.419338 s', () => {
    // 18,590,976 bits, 1 MHz, 5 dB, blocks of 0.05 s: blockAccumulatedTransfer of the shared reference.
    const { meanSeconds, sdSeconds, cdf } = lawOf(18_590_976, {});
    assertNear(meanSeconds, 10.84218, 1e-6);
    assertNear(sdSeconds, 0.419338, 1e-6);
    assert.equal(cdf(meanSeconds), 0.5);
    // scipy.stats.norm.cdf(1) = 0.8413447460685429
    assertNear(cdf(meanSeconds + sdSeconds), 0.8413447460685429, 1e-9);
    assertNear(cdf(meanSeconds - sdSeconds), 1 - 0.8413447460685429, 1e-9);
  });

  it('is bits over rate where the gain never changes', () => {
    // AWGN at 5 dB over 1 MHz: 2.057373 Mbit/s.
    const { meanSeconds, sdSeconds, cdf } = lawOf(2_057_373, { fading: 'none' });
    assertNear(meanSeconds, 1, 1e-6);
    assert.equal(sdSeconds, 0);
    assert.deepEqual([cdf(0.999), cdf(1.001)], [0, 1]);
  });

  it('lasts four times as long where four clients share the time', () => {
    const alone = lawOf(2e8, {});
    const shared = lawOf(2e8, { uplink: { sharing: 'tdma' } });
    assertNear(shared.meanSeconds / alone.meanSeconds, 4, 1e-3);
  });

  it('is that of an outage where a block outlasts the message: 1 - e^-theta', () => {
    // A message of 300 bits is through by 0.0004 s where its block carries 0.75 Mbit/s; one in 125 meets two blocks.
    const theta = (2 ** 0.75 - 1) / 10 ** 0.5;
    assertNear(lawOf(300, {}).cdf(0.0004), Math.exp(-theta), 0.003);
  });

  it('agrees with draws where a message takes a few blocks', () => {
    /*
     * NumPy, 1,000,000 messages each, begun anywhere in a block: mean, standard deviation, share within the mean.
     * Blocks of 0.05 s at B log2(1 + 10^0.5 g), g exponential; a cutoff at 0.2; g gamma(2)/2.
     */
    const drawn = [
      [584_000, {}, 0.348527, 0.0741424, 0.537164],
      [160_512, {}, 0.1015695, 0.0387066, 0.571138],
      [30_000, {}, 0.0236213, 0.0165422, 0.662321],
      [584_000, { rate: 'cutoff', cutoffGain: 0.2 }, 0.3648097, 0.0876601, 0.548344],
      [584_000, { fading: 'nakagami' }, 0.3166532, 0.0489767, 0.530969],
    ] as const;
    for (const [bits, channel, mean, sd, share] of drawn) {
      const law = lawOf(bits, channel);
      assertNear(law.meanSeconds, mean, (3 * sd) / Math.sqrt(2e5));
      assertNear(law.sdSeconds, sd, 0.01 * sd);
      assertNear(law.cdf(mean), share, 3 * Math.sqrt(0.25 / 2e5) + 0.003);
    }
  });

  it('goes over into the normal law: at 40 blocks they agree to a hundredth', () => {
    // A block carries 85,798.7 bits in the mean (1.715974 Mbit/s for 0.05 s).
    const few = lawOf(39.9 * 85_798.7, {});
    const many = lawOf(40.1 * 85_798.7, {});
    assert.notEqual(few.name, many.name);
    const shift = (0.2 * 85_798.7) / 1_715_974;
    assertNear(few.meanSeconds + shift, many.meanSeconds, 1e-3);
    for (const z of [-2, -1, 0, 1, 2]) {
      const seconds = many.meanSeconds + z * many.sdSeconds;
      assertNear(few.cdf(seconds - shift), many.cdf(seconds), 0.02);
    }
  });

  it('has no closed form where a scheduler divides the band over those who send', () => {
    const found = expected(584_000, { uplink: { sharing: 'equal' } });
    assert.ok('why' in found);
    assert.equal(found.why, 'the band is divided over those who send at the moment');
  });

  it('rises from 0 to 1', () => {
    const { cdf } = lawOf(160_512, {});
    assert.equal(cdf(0), 0);
    const values = Array.from({ length: 200 }, (_, i) => cdf(i * 0.005));
    values.forEach((value, i) => assert.ok(value >= (values[i - 1] ?? 0) - 0.003 && value <= 1));
    assertNear(values.at(-1)!, 1, 1e-4);
  });

  it('has none in closed form where something else decides, and says what', () => {
    const whys = [
      [{ cell: {} }, /SNR of its own/],
      [{ correlation: 'jakes' }, /correlated/],
      [{ rate: 'fixed' }, /outage/],
      [{ uplink: { lossProbability: 0.1 } }, /lost/],
      [{ gilbertElliott: { goodSeconds: 1, badSeconds: 1 } }, /bursts/],
      [{ faults: [{ effect: 'drop' }] }, /faults/],
      [{ packetBits: 1000 }, /packets/],
    ] as const;
    for (const [channel, why] of whys) {
      const found = expected(1e6, channel);
      assert.ok('why' in found && why.test(found.why), JSON.stringify(channel));
    }
    const trace = resolveScenario({ name: 'one-link' });
    const found = delayLaw(
      1,
      { ...trace, channel: { ...trace.channel, fading: 'trace' } },
      'uplink',
      clients,
    );
    assert.ok('why' in found && found.why.includes('trace'));
  });

  it('leaves a loss on the other direction out of it', () => {
    assert.ok('law' in expected(1e6, { downlink: { lossProbability: 0.1 } }));
  });
});

describe('the empirical distribution of delays', () => {
  it('climbs by an equal share at each value', () => {
    assert.deepEqual(empiricalCdf([1, 2, 4, 8]), [
      { seconds: 1, share: 0 },
      { seconds: 1, share: 0.25 },
      { seconds: 2, share: 0.5 },
      { seconds: 4, share: 0.75 },
      { seconds: 8, share: 1 },
    ]);
    assert.deepEqual(empiricalCdf([]), []);
  });

  it('is as far from a law as Kolmogorov and Smirnov say', () => {
    // scipy.stats.kstest([0.1, 0.2, 0.9], 'uniform').statistic = 0.4666666666666667
    assertNear(
      widestGap([0.1, 0.2, 0.9], (x) => x),
      0.4666666666666667,
      1e-12,
    );
  });

  it('has the mean and the standard deviation of a sample', () => {
    assert.deepEqual(meanAndSd([1, 3, 5]), { mean: 3, sd: 2 });
    assert.deepEqual(meanAndSd([4]), { mean: 4, sd: 0 });
  });
});
