import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  arqMeanTransmissions,
  bestFixedRate,
  chaseFigures,
  chaseMeanTransmissions,
  ergodicBps,
  ergodicCapacityBps,
  gainForRate,
  incrementalFigures,
  outageProbability,
  truncatedArqMeanTransmissions,
  truncatedArqResidualLoss,
} from '../../../src/radio/channel/closed-forms.js';
import {
  blockAccumulatedSeconds,
  capacityStdDevBps,
  capacityStdDevOf,
  commonRateBps,
  commonRateOf,
  cutoffRate,
  cutoffRateOf,
  exponentialIntegral,
  outageOf,
  outageRateBps,
  splitBandBps,
  truncatedInversionRate,
  truncatedInversionRateOf,
} from './known-rates.js';
import { empiricalLaw, gainLaw } from '../../../src/radio/channel/fading/index.js';
import { capacityBps, ratioOfDecibels } from '../../../src/radio/channel/rate.js';
import { packageRoot } from '../../../src/paths.js';
import { stream } from '../../../src/simulation/random/stream.js';

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

  it('give the mean number of transmissions of ARQ without end', () => {
    for (const [mbps, transmissions] of [
      [0.5, 1.139952],
      [1, 1.371943],
      [2, 2.582307],
    ] as const) {
      close(arqMeanTransmissions(outageProbability(mbps * 1e6, 1e6, snr)), transmissions, 6);
    }
  });

  it('give mean number of transmissions and residual loss of truncated ARQ', () => {
    const outage = outageProbability(1e6, 1e6, snr);
    close(truncatedArqMeanTransmissions(outage, 4), 1.364531, 6);
    close(truncatedArqResidualLoss(outage, 4), 0.005402, 6);
    assert.equal(truncatedArqMeanTransmissions(0, 4), 1);
    assert.equal(truncatedArqMeanTransmissions(1, 4), 4);
  });

  it('give the mean number of transmissions of HARQ with Chase combining', () => {
    close(chaseMeanTransmissions(1e6, 1e6, snr), 1.316228, 6);
    close(chaseMeanTransmissions(2e6, 1e6, snr), 1.948683, 6);
  });

  it('give the fixed rate of the greatest goodput', () => {
    const { rateBps, outage, goodputBps } = bestFixedRate(1e6, snr);
    close(rateBps / 1e6, 1.553867, 6);
    close(outage, 0.457858, 6);
    close(goodputBps / 1e6, 0.842417, 6);
  });

  it('give the rate at an outage of 1, 5 and 10 %', () => {
    close(outageRateBps(0.01, 1e6, snr) / 1e6, 0.045138, 6);
    close(outageRateBps(0.05, 1e6, snr) / 1e6, 0.216863, 6);
    close(outageRateBps(0.1, 1e6, snr) / 1e6, 0.414871, 6);
  });

  it('give the rate above a cutoff gain of 0.1, over all blocks and while on', () => {
    const { meanBps, whileOnBps } = cutoffRate(0.1, 1e6, snr);
    close(meanBps / 1e6, 1.696564, 6);
    close(whileOnBps / 1e6, 1.874993, 6);
    close(cutoffRate(0, 1e6, snr).meanBps, ergodicCapacityBps(1e6, snr), 6);
  });

  it('give truncated channel inversion: gamma / E1(0.1) while on', () => {
    // E1(0.1) = 1.822923958 (Abramowitz and Stegun, table 5.1).
    const { meanBps, whileOnBps } = truncatedInversionRate(0.1, 1e6, snr);
    close(whileOnBps / 1e6, Math.log2(1 + snr / 1.822923958), 8);
    close(meanBps, whileOnBps * Math.exp(-0.1), 6);
  });

  it('give the common rate of ten receivers, and what each of ten gets of a split band', () => {
    close(commonRateBps(10, 1e6, snr) / 1e6, 0.36215, 6);
    close(splitBandBps(10, 1e6, snr), 433020.033, 3);
  });

  it('give the time of 36 adapters of GPT-2 small over blocks of 50 ms', () => {
    const link = { bandwidthHz: 1e6, snr, coherenceSeconds: 0.05 };
    const { mean, standardDeviation } = blockAccumulatedSeconds(18_590_976, link);
    close(mean, 10.84218, 6);
    close(standardDeviation, 0.419338, 6);
  });
});

const rayleigh = { fading: 'rayleigh', ricianK: 3, nakagamiM: 2 } as const;

describe('the figures of any law of gains', () => {
  // By SciPy: test/golden/radio.py; a band of 1 Hz, 5 dB, cutoff gain 0.1, ten receivers.
  const golden = JSON.parse(readFileSync(join(packageRoot(), 'test/golden/radio.json'), 'utf8')) as {
    laws: (Record<
      'ergodic' | 'deviation' | 'outage1' | 'cutoffMean' | 'inversionMean' | 'commonOfTen',
      number
    > & { name: string; channel: Parameters<typeof gainLaw>[0] })[];
    chase: { name: string; theta: number; failures: number[] }[];
    incremental: { name: string; rate: number; failures: number[] }[];
  };
  const channelOf = (name: string) => golden.laws.find((law) => law.name === name)!.channel;

  for (const { name, channel, ...expected } of golden.laws) {
    it(`agree with SciPy for ${name}`, () => {
      const law = gainLaw(channel);
      close(ergodicBps(law, snr, 1), expected.ergodic, 9);
      close(capacityStdDevOf(law, snr, 1), expected.deviation, 9);
      close(outageOf(law, 1, 1, snr), expected.outage1, 9);
      close(cutoffRateOf(law, 0.1, 1, snr).meanBps, expected.cutoffMean, 9);
      close(truncatedInversionRateOf(law, 0.1, 1, snr).meanBps, expected.inversionMean, 9);
      close(commonRateOf(law, 10, 1, snr), expected.commonOfTen, 9);
    });
  }

  it('agree with the closed forms of Rayleigh fading from -20 to 40 dB', () => {
    const law = gainLaw(rayleigh);
    for (const decibels of [-20, -3, 5, 17, 40]) {
      const ratio = ratioOfDecibels(decibels);
      close(ergodicBps(law, ratio, 1), ergodicCapacityBps(1, ratio), 9);
      close(outageOf(law, 2, 1, ratio), outageProbability(2, 1, ratio), 12);
      close(cutoffRateOf(law, 0.1, 1, ratio).meanBps, cutoffRate(0.1, 1, ratio).meanBps, 9);
      close(cutoffRateOf(law, 0.1, 1, ratio).whileOnBps, cutoffRate(0.1, 1, ratio).whileOnBps, 9);
      const inversion = truncatedInversionRateOf(law, 0.1, 1, ratio);
      close(inversion.whileOnBps, truncatedInversionRate(0.1, 1, ratio).whileOnBps, 9);
      close(commonRateOf(law, 7, 1, ratio), commonRateBps(7, 1, ratio), 9);
    }
  });

  it('agree with SciPy on Chase combining', () => {
    for (const { name, theta, failures } of golden.chase) {
      const { meanTransmissions, residualLoss } = chaseFigures(gainLaw(channelOf(name)), theta, 4);
      close(residualLoss, failures[3]!, 12);
      close(meanTransmissions, 1 + failures[0]! + failures[1]! + failures[2]!, 12);
    }
  });

  it('agree with a convolution by NumPy on incremental redundancy', () => {
    for (const { name, rate, failures } of golden.incremental) {
      const link = { rateBps: rate, bandwidthHz: 1, snr };
      const { meanTransmissions, residualLoss } = incrementalFigures(gainLaw(channelOf(name)), link, 4);
      // Nakagami 0.5 is not smooth at 0, where both lose some digits.
      close(residualLoss, failures[3]!, 8);
      close(meanTransmissions, 1 + failures[0]! + failures[1]! + failures[2]!, 8);
    }
  });

  it('go over into Chase combining without a cap, and into ARQ with a cap of 1', () => {
    const theta = gainForRate(2e6, 1e6, snr);
    close(
      chaseFigures(gainLaw(rayleigh), theta, 60).meanTransmissions,
      chaseMeanTransmissions(2e6, 1e6, snr),
      12,
    );
    close(chaseFigures(gainLaw(rayleigh), theta, 1).residualLoss, outageProbability(2e6, 1e6, snr), 12);
    assert.equal(chaseFigures(gainLaw(rayleigh), theta, 1).meanTransmissions, 1);
    assert.deepEqual(chaseFigures(gainLaw({ ...rayleigh, fading: 'none' }), 2.5, 4), {
      meanTransmissions: 3,
      residualLoss: 0,
    });
    assert.throws(() => chaseFigures(empiricalLaw([1]), 1, 1), RangeError);
  });

  it('need fewest transmissions with incremental redundancy, more with Chase, most with ARQ', () => {
    for (const rateBps of [1e6, 2e6, 4e6]) {
      const theta = gainForRate(rateBps, 1e6, snr);
      const arq = truncatedArqMeanTransmissions(outageProbability(rateBps, 1e6, snr), 4);
      const chase = chaseFigures(gainLaw(rayleigh), theta, 4).meanTransmissions;
      const incremental = incrementalFigures(gainLaw(rayleigh), { rateBps, bandwidthHz: 1e6, snr }, 4);
      assert.ok(incremental.meanTransmissions < chase && chase < arq);
    }
  });
});

describe('over 100 000 draws, within three standard errors, Rayleigh blocks', () => {
  const draws = 100_000;

  /** The mean of a figure of random blocks must meet a closed form. */
  function meets(purpose: string, expected: number, figure: (gain: () => number) => number) {
    const from = stream(1, 'closed forms', purpose);
    const law = gainLaw(rayleigh);
    const gain = () => law.draw(from);
    let sum = 0;
    let squares = 0;
    for (let i = 0; i < draws; i++) {
      const value = figure(gain);
      sum += value;
      squares += value * value;
    }
    const mean = sum / draws;
    const error = Math.sqrt((squares / draws - mean * mean) / draws);
    assert.ok(Math.abs(mean - expected) < 3 * error, `${purpose}: ${mean} +- ${error}, not ${expected}`);
  }
  const theta = gainForRate(2e6, 1e6, snr);
  const capacity = (gain: number) => capacityBps(1e6, snr, gain);

  /** Transmissions until `enough` has added up, at most `cap`; a residual loss counts as cap + 1. */
  function attempts(gain: () => number, per: (gain: number) => number, enough: number, cap: number): number {
    let sum = 0;
    for (let n = 1; n <= cap; n++) if ((sum += per(gain())) >= enough) return n;
    return cap + 1;
  }

  it('carry the ergodic capacity, with its deviation', () => {
    const mean = ergodicCapacityBps(1e6, snr);
    meets('capacity', mean, (gain) => capacity(gain()));
    meets('deviation', capacityStdDevBps(1e6, snr) ** 2, (gain) => (capacity(gain()) - mean) ** 2);
  });

  it('fail fixed rates as often as outage says, and reach the best goodput', () => {
    meets('outage', outageProbability(1e6, 1e6, snr), (gain) => (capacity(gain()) < 1e6 ? 1 : 0));
    const { rateBps, goodputBps } = bestFixedRate(1e6, snr);
    meets('goodput', goodputBps, (gain) => (capacity(gain()) < rateBps ? 0 : rateBps));
  });

  it('need as many transmissions as ARQ and Chase combining say, and lose as much', () => {
    const outage = outageProbability(2e6, 1e6, snr);
    const good = (gain: number) => (gain >= theta ? 1 : 0);
    const same = (gain: number) => gain;
    meets('arq', arqMeanTransmissions(outage), (gain) => attempts(gain, good, 1, 1e6));
    meets('arq of 4', truncatedArqMeanTransmissions(outage, 4), (gain) =>
      Math.min(4, attempts(gain, good, 1, 4)),
    );
    meets('chase', chaseMeanTransmissions(2e6, 1e6, snr), (gain) => attempts(gain, same, theta, 1e6));
    const capped = chaseFigures(gainLaw(rayleigh), theta, 2);
    meets('chase of 2', capped.meanTransmissions, (gain) => Math.min(2, attempts(gain, same, theta, 2)));
    meets('chase, lost', capped.residualLoss, (gain) => (attempts(gain, same, theta, 2) > 2 ? 1 : 0));
  });

  it('need as many transmissions as incremental redundancy says, and lose as much', () => {
    const link = { rateBps: 5e6, bandwidthHz: 1e6, snr };
    const { meanTransmissions, residualLoss } = incrementalFigures(gainLaw(rayleigh), link, 3);
    meets('redundancy', meanTransmissions, (gain) => Math.min(3, attempts(gain, capacity, 5e6, 3)));
    meets('redundancy, lost', residualLoss, (gain) => (attempts(gain, capacity, 5e6, 3) > 3 ? 1 : 0));
  });

  it('carry what cutoff and truncated inversion say, at the mean power of 1', () => {
    const silenced = (rate: (gain: number) => number) => (gain: () => number) => {
      const found = gain();
      return found >= 0.1 ? rate(found) : 0;
    };
    meets('cutoff', cutoffRate(0.1, 1e6, snr).meanBps, silenced(capacity));
    const { meanBps, whileOnBps } = truncatedInversionRate(0.1, 1e6, snr);
    meets(
      'inversion',
      meanBps,
      silenced(() => whileOnBps),
    );
    const inverse = exponentialIntegral(0.1);
    meets(
      'power of inversion',
      1,
      silenced((gain) => 1 / (gain * inverse)),
    );
  });

  it('carry to the worst of ten, and to each of ten in a split band, what the closed forms say', () => {
    const least = (gain: () => number) => Math.min(...Array.from({ length: 10 }, gain));
    meets('broadcast', commonRateBps(10, 1e6, snr), (gain) => capacity(least(gain)));
    meets('split band', splitBandBps(10, 1e6, snr), (gain) => capacityBps(1e5, 10 * snr, gain()));
  });
});
