import assert from 'node:assert/strict';
import fc from 'fast-check';
import { exponentialIntegral } from './known-rates.js';
import { empiricalLaw, gainLaw } from '../../../src/radio/channel/fading/index.js';
import { fasterThanShannon, mcsSteps } from '../../../src/radio/channel/rate-policies/mcs.js';
import { ratePolicies, ratePolicy } from '../../../src/radio/channel/rate-policies/index.js';
import type { RateSettings } from '../../../src/radio/channel/rate-policies/settings.js';
import { capacityBps, ratioOfDecibels } from '../../../src/radio/channel/rate.js';
import { stream } from '../../../src/simulation/random/stream.js';

const settings: RateSettings = {
  rate: 'capacity',
  fixedRateBps: 1e6,
  cutoffGain: 0.1,
  mcs: null,
  mcsGapDb: 2,
  codewordChannelUses: 1000,
  blockErrorRate: 1e-3,
};
const rayleigh = gainLaw({ fading: 'rayleigh', ricianK: 3, nakagamiM: 2 });
const constant = gainLaw({ fading: 'none', ricianK: 3, nakagamiM: 2 });
const bandwidthHz = 1e6;
const snr = ratioOfDecibels(5);

const policyOf = (changes: Partial<RateSettings>, law = rayleigh) =>
  ratePolicy({ ...settings, ...changes }, bandwidthHz, law);

/** Mean rate over Rayleigh blocks at 5 dB, in Mbit/s. */
function meanMbps(changes: Partial<RateSettings>): number {
  const policy = policyOf(changes);
  return rayleigh.mean((gain) => policy.rateBps(gain, snr), { breaks: policy.breaks(snr) }) / 1e6;
}

function near(found: number, expected: number, tolerance: number): void {
  assert.ok(Math.abs(found - expected) <= tolerance, `${found}, expected ${expected} within ${tolerance}`);
}

describe('a rate policy', () => {
  it('follows Shannon’s rate at constant power as "capacity"', () => {
    const policy = policyOf({ rate: 'capacity' });
    // Shared reference channel.json: awgnCapacityMbps, and ergodicCapacity at 5 dB.
    near(policy.rateBps(1, snr) / 1e6, 2.057373, 5e-7);
    near(meanMbps({ rate: 'capacity' }), 1.715974, 5e-7);
    assert.equal(policy.powerRatio(0.01, snr), 1);
  });

  it('sends at one rate whatever the gain as "fixed", and does not know what is decoded', () => {
    const policy = policyOf({ rate: 'fixed', fixedRateBps: 2.5e6 });
    for (const gain of [0, 1e-6, 1, 20]) {
      assert.equal(policy.rateBps(gain, snr), 2.5e6);
      assert.equal(policy.powerRatio(gain, snr), 1);
    }
    assert.deepEqual(
      Object.entries(ratePolicies).map(([rate, make]) => [
        rate,
        make(settings, bandwidthHz, rayleigh).adaptive,
      ]),
      [
        ['capacity', true],
        ['fixed', false],
        ['cutoff', true],
        ['inversion', true],
        ['mcs', true],
        ['finite-blocklength', true],
      ],
    );
  });

  it('is silent below the cutoff gain, and not at it, as "cutoff"', () => {
    const policy = policyOf({ rate: 'cutoff' });
    assert.equal(policy.rateBps(0.0999, snr), 0);
    assert.equal(policy.powerRatio(0.0999, snr), 0);
    assert.equal(policy.rateBps(0.1, snr), capacityBps(bandwidthHz, snr, 0.1));
    assert.equal(policy.powerRatio(0.1, snr), 1);
    assert.deepEqual(policy.breaks(snr), [0.1]);
    // Shared reference channel.json, cutoffGain0.1: meanRateMbps and rateWhileOnMbps.
    near(meanMbps({ rate: 'cutoff' }), 1.696564, 5e-7);
    near(meanMbps({ rate: 'cutoff' }) / Math.exp(-0.1), 1.874993, 5e-7);
  });

  it('meets the closed form of a step of modulation: its rate times its probability', () => {
    const mcs = [
      { snrDb: 0, bitsPerSecondPerHz: 0.8 },
      { snrDb: 6, bitsPerSecondPerHz: 2 },
    ];
    const above = (snrDb: number) => Math.exp(-ratioOfDecibels(snrDb) / snr);
    near(meanMbps({ rate: 'mcs', mcs }), 0.8 * (above(0) - above(6)) + 2 * above(6), 1e-8);
  });
});

describe('truncated channel inversion', () => {
  it('receives the same ratio in every block that it sends in', () => {
    const policy = policyOf({ rate: 'inversion' });
    // E1(0.1) of Abramowitz and Stegun, table 5.1.
    const inverse = 1.8229239584;
    near(exponentialIntegral(0.1), inverse, 1e-10);
    for (const gain of [0.1, 0.5, 1, 7]) {
      near(policy.rateBps(gain, snr), 1e6 * Math.log2(1 + snr / inverse), 0.01);
      near(policy.powerRatio(gain, snr) * gain, 1 / inverse, 1e-9);
    }
    assert.equal(policy.rateBps(0.0999, snr), 0);
    assert.equal(policy.powerRatio(0.0999, snr), 0);
  });

  it('spends the power of the link in the mean over all blocks, silent ones included', () => {
    const laws = [
      ['rayleigh', 3, 2],
      ['rician', 3, 2],
      ['rician', 0.2, 2],
      ['nakagami', 3, 0.5],
      ['nakagami', 3, 4],
    ] as const;
    for (const [fading, ricianK, nakagamiM] of laws) {
      const law = gainLaw({ fading, ricianK, nakagamiM });
      for (const cutoffGain of [0.01, 0.1, 1, 3]) {
        const policy = policyOf({ rate: 'inversion', cutoffGain }, law);
        const mean = law.mean((gain) => policy.powerRatio(gain, snr), { breaks: policy.breaks(snr) });
        near(mean, 1, 1e-6);
      }
    }
  });

  it('spends it over drawn blocks too', () => {
    const policy = policyOf({ rate: 'inversion' });
    const draws = stream(1, 'blocks');
    const count = 100_000;
    const powers = Array.from({ length: count }, () => policy.powerRatio(rayleigh.draw(draws), snr));
    const mean = powers.reduce((sum, power) => sum + power, 0) / count;
    const variance = powers.reduce((sum, power) => sum + (power - mean) ** 2, 0) / (count - 1);
    near(mean, 1, 3 * Math.sqrt(variance / count));
  });

  it('meets figures worked by hand for a channel of three states', () => {
    // As in chapter 4 of Goldsmith's textbook: 30 kHz; ratios of 10/12, 250/3 and 1000/3 with probabilities
    // 0.1, 0.5 and 0.4. Ergodic: 30 kHz (0.1 log2(1 + 10/12) + …) = 199.2156 kbit/s. By inversion 30 kHz p
    // log2(1 + 1/M), p the probability of the states in use and M the sum of probability over ratio in them:
    // 94.4272 with all states, 192.4597 without the worst, 116.4538 with the best alone.
    const ratios = [10 / 12, ...Array<number>(5).fill(250 / 3), ...Array<number>(4).fill(1000 / 3)];
    const meanRatio = ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length;
    const law = empiricalLaw(ratios.map((ratio) => ratio / meanRatio));
    const kbps = (changes: Partial<RateSettings>) => {
      const policy = ratePolicy({ ...settings, ...changes }, 30e3, law);
      return law.mean((gain) => policy.rateBps(gain, meanRatio)) / 1e3;
    };
    near(kbps({ rate: 'capacity' }), 199.2156, 1e-4);
    near(kbps({ rate: 'inversion', cutoffGain: 0.1 / meanRatio }), 94.4272, 1e-4);
    near(kbps({ rate: 'inversion', cutoffGain: 50 / meanRatio }), 192.4597, 1e-4);
    near(kbps({ rate: 'inversion', cutoffGain: 300 / meanRatio }), 116.4538, 1e-4);
  });

  it('is capacity where nothing fades, and silence where no gain reaches the cutoff', () => {
    const policy = policyOf({ rate: 'inversion', cutoffGain: 1 }, constant);
    near(policy.rateBps(1, snr), capacityBps(bandwidthHz, snr, 1), 1e-6);
    assert.equal(policy.powerRatio(1, snr), 1);
    const silent = policyOf({ rate: 'inversion', cutoffGain: 1.5 }, constant);
    assert.equal(silent.rateBps(2, snr), 0);
    assert.equal(silent.powerRatio(2, snr), 0);
  });

  it('refuses a cutoff that takes infinite power', () => {
    const law = { ...rayleigh, mean: () => Infinity };
    assert.throws(
      () => policyOf({ rate: 'inversion', cutoffGain: 0 }, law),
      /^RangeError: the mean of 1\/g from a cutoff of 0 on is Infinity, not finite$/,
    );
  });
});

describe('adaptive modulation and coding', () => {
  // 3GPP TS 36.213, table 7.2.3-1: CQI 1 to 15.
  const efficiencies = [
    0.1523, 0.2344, 0.377, 0.6016, 0.877, 1.1758, 1.4766, 1.9141, 2.4063, 2.7305, 3.3223, 3.9023, 4.5234,
    5.1152, 5.5547,
  ];

  it('has LTE’s steps where none are listed, each a gap above Shannon’s ratio', () => {
    const steps = mcsSteps({ mcs: null, mcsGapDb: 2 });
    assert.deepEqual(
      steps.map(({ bitsPerSecondPerHz }) => bitsPerSecondPerHz),
      efficiencies,
    );
    // By hand: 10 log10(2^0.1523 - 1) + 2 and 10 log10(2^5.5547 - 1) + 2.
    near(steps[0]!.snrDb, -7.5335, 1e-4);
    near(steps[14]!.snrDb, 18.6279, 1e-4);
  });

  it('takes the highest step that is reached, and none below the lowest', () => {
    const policy = policyOf({ rate: 'mcs' });
    const rate = (snrDb: number) => policy.rateBps(1, ratioOfDecibels(snrDb)) / 1e6;
    mcsSteps(settings).forEach(({ snrDb }, index) => {
      near(rate(snrDb + 1e-9), efficiencies[index]!, 1e-12);
      near(rate(snrDb - 1e-9), efficiencies[index - 1] ?? 0, 1e-12);
    });
    assert.equal(policy.powerRatio(1, ratioOfDecibels(-7)), 1);
    assert.equal(policy.powerRatio(1, ratioOfDecibels(-8)), 0);
    near(rate(60), 5.5547, 1e-12);
  });

  it('takes listed steps in any order', () => {
    const mcs = [
      { snrDb: 10, bitsPerSecondPerHz: 3 },
      { snrDb: -2, bitsPerSecondPerHz: 0.5 },
      { snrDb: 4, bitsPerSecondPerHz: 1.5 },
    ];
    const policy = policyOf({ rate: 'mcs', mcs });
    const rates = [-3, 0, 5, 12].map((snrDb) => policy.rateBps(ratioOfDecibels(snrDb), 1));
    assert.deepEqual(rates, [0, 0.5e6, 1.5e6, 3e6]);
    assert.deepEqual(mcs[0], { snrDb: 10, bitsPerSecondPerHz: 3 });
  });

  it('names the gains at which the step changes, rising', () => {
    const policy = policyOf({ rate: 'mcs' });
    const breaks = policy.breaks(snr);
    assert.equal(breaks.length, 15);
    breaks.forEach((gain, index) => {
      assert.ok(index === 0 || gain > breaks[index - 1]!);
      near(policy.rateBps(gain * (1 + 1e-9), snr) / 1e6, efficiencies[index]!, 1e-12);
      near(policy.rateBps(gain * (1 - 1e-9), snr) / 1e6, efficiencies[index - 1] ?? 0, 1e-12);
    });
  });

  it('tells a step that no code can have', () => {
    assert.equal(fasterThanShannon(mcsSteps({ mcs: null, mcsGapDb: 0 })), undefined);
    // log2(1 + 1) = 1 at 0 dB.
    assert.equal(fasterThanShannon([{ snrDb: 0, bitsPerSecondPerHz: 1 }]), undefined);
    const impossible = { snrDb: 0, bitsPerSecondPerHz: 1.001 };
    assert.equal(fasterThanShannon([{ snrDb: -5, bitsPerSecondPerHz: 0.1 }, impossible]), impossible);
  });
});

describe('rate policies in general', () => {
  const anySettings = fc.record({
    rate: fc.constantFrom('capacity', 'cutoff', 'inversion', 'mcs', 'finite-blocklength'),
    fixedRateBps: fc.constant(1e6),
    cutoffGain: fc.double({ min: 0.01, max: 3, noNaN: true }),
    mcs: fc.constant(null),
    mcsGapDb: fc.double({ min: 0, max: 10, noNaN: true }),
    codewordChannelUses: fc.integer({ min: 100, max: 1e6 }),
    blockErrorRate: fc.double({ min: 1e-9, max: 0.5, noNaN: true }),
  });
  // Nothing between 0 and 1e-9: smaller gains may vanish in the rounding of 1 + snr g.
  const anyGain = fc.oneof(fc.constant(0), fc.double({ min: 1e-9, max: 30, noNaN: true }));
  const anySnrDb = fc.double({ min: -20, max: 40, noNaN: true });

  it('are never faster than capacity at the power that they send with', () => {
    fc.assert(
      fc.property(anySettings, anyGain, anySnrDb, (some, gain, snrDb) => {
        const policy = ratePolicy(some, bandwidthHz, rayleigh);
        const ratio = ratioOfDecibels(snrDb);
        const most = capacityBps(bandwidthHz, ratio * policy.powerRatio(gain, ratio), gain);
        assert.ok(policy.rateBps(gain, ratio) <= most * (1 + 1e-9));
      }),
      { numRuns: 300 },
    );
  });

  it('are no slower in a better block, and without power exactly where they are silent', () => {
    fc.assert(
      fc.property(anySettings, anyGain, anyGain, anySnrDb, (some, a, b, snrDb) => {
        const policy = ratePolicy(some, bandwidthHz, rayleigh);
        const ratio = ratioOfDecibels(snrDb);
        const [worse, better] = [Math.min(a, b), Math.max(a, b)];
        assert.ok(policy.rateBps(worse, ratio) <= policy.rateBps(better, ratio) * (1 + 1e-12));
        if (a > 0) assert.equal(policy.rateBps(a, ratio) > 0, policy.powerRatio(a, ratio) > 0);
      }),
      { numRuns: 300 },
    );
  });
});
