import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../../src/paths.js';
import { attemptsAt } from '../../../src/radio/channel/attempts.js';
import {
  truncatedArqMeanTransmissions,
  truncatedArqResidualLoss,
} from '../../../src/radio/channel/closed-forms.js';
import {
  leastRatio,
  normalApproximation,
} from '../../../src/radio/channel/rate-policies/finite-blocklength.js';
import { channelRules } from '../../../src/radio/channel/relations.js';
import { meanLink } from '../../../src/radio/payload/mean-link.js';
import { studyLink } from '../../../src/radio/link-study/study.js';
import { broken } from '../../../src/settings/rule.js';
import { channelWith, messageOf, momentOf, uplinkWith, type ChannelChanges } from './a-link.js';
import { assertMean, statisticsOf } from './sample-statistics.js';

interface ShortPackets {
  readonly channelUses: number;
  readonly errorRate: number;
  readonly leastRatio: number;
  readonly meanRate: number;
  readonly bits: number;
  readonly packetLoss: number;
}

// By SciPy: test/golden/radio.py; 5 dB, bits per channel use.
const golden = JSON.parse(readFileSync(join(packageRoot(), 'test/golden/radio.json'), 'utf8')) as {
  readonly normalApproximation: [n: number, error: number, ratio: number, rate: number][];
  readonly shortPackets: readonly ShortPackets[];
};

const near = (found: number, expected: number, relative: number) =>
  assert.ok(Math.abs(found - expected) <= relative * Math.abs(expected), `${found}, not ${expected}`);

const short: ChannelChanges = { rate: 'finite-blocklength', packetBits: null };
const said = (changes: ChannelChanges) => broken(channelRules, scenarioWith(changes), null);
const scenarioWith = (changes: ChannelChanges) => ({
  seed: 1,
  channel: channelWith({ ...short, ...changes }),
  clients: { count: 2 },
  limits: { virtualSeconds: 1e9 },
});

/** Attempts and fate of one packet after the other, far apart. */
function outcomes(changes: ChannelChanges, bits: number, count: number) {
  const link = uplinkWith({ ...short, ...changes });
  const stories = Array.from({ length: count }, (_, i) => attemptsAt(bits, link, messageOf(i), momentOf(i)));
  return {
    attempts: statisticsOf(count, (i) => stories[i]!.length),
    lost: statisticsOf(count, (i) => (stories[i]!.at(-1)!.arrives ? 0 : 1)),
    firstLost: statisticsOf(count, (i) => stories[i]![0]!.lostPackets / stories[i]![0]!.packets),
  };
}

describe('the rate of short packets', () => {
  it('is the normal approximation', () => {
    for (const [channelUses, errorRate, ratio, expected] of golden.normalApproximation) {
      near(normalApproximation({ channelUses, errorRate })(ratio), expected, 1e-11);
    }
  });

  it('is 0 below the ratio at which the approximation is, and has the mean of SciPy above it', () => {
    for (const { channelUses, errorRate, ...expected } of golden.shortPackets) {
      const changes = { codewordChannelUses: channelUses, blockErrorRate: errorRate };
      near(leastRatio({ channelUses, errorRate }), expected.leastRatio, 1e-10);
      const { policy } = uplinkWith({ ...short, ...changes });
      for (const ratio of [0, 1e-9, 0.999 * expected.leastRatio]) assert.equal(policy.rateBps(ratio, 1), 0);
      assert.ok(policy.rateBps(1.001 * expected.leastRatio, 1) > 0);
      const { meanRateBps } = meanLink(scenarioWith(changes), 'uplink');
      near(meanRateBps!, 1e6 * expected.meanRate, 1e-8);
      const study = studyLink(scenarioWith(changes), null, {
        ...{ direction: 'uplink', client: 1, bits: 1e4, messages: 20, draws: 20_000 },
      });
      near(study.policyBps!, 1e6 * expected.meanRate, 1e-8);
      const { value, standardError } = study.simulated.policyBps!;
      assert.ok(Math.abs(value - 1e6 * expected.meanRate) < 3 * standardError);
    }
  });

  it('is capacity in the limit of long codewords', () => {
    const [long, capacity] = [{ ...short, codewordChannelUses: 1e16 }, { rate: 'capacity' as const }];
    for (const gain of [0.01, 1, 30]) {
      near(uplinkWith(long).policy.rateBps(gain, 3), uplinkWith(capacity).policy.rateBps(gain, 3), 1e-5);
    }
  });

  it('never passes capacity, even where the approximation has no zero', () => {
    const { policy } = uplinkWith({ ...short, blockErrorRate: 0.3, codewordChannelUses: 100 });
    for (const gain of [0, 1e-4, 1e-3, 0.01, 1]) {
      assert.ok(policy.rateBps(gain, 1) <= 1e6 * Math.log2(1 + gain) * (1 + 1e-12));
    }
    assert.equal(policy.rateBps(0, 1), 0);
  });
});

describe('packets of codewords that err', () => {
  it('are lost with 1 - (1 - epsilon)^m in each attempt, m the codewords that they take', () => {
    // 3 codewords and a bit of 1000 channel uses at 5 dB: four. 1 - 0.9^4 = 0.3439.
    const rate = normalApproximation({ channelUses: 1000, errorRate: 0.1 })(10 ** 0.5);
    const p = 1 - 0.9 ** 4;
    const found = outcomes({ fading: 'none', blockErrorRate: 0.1, maxTransmissions: 3 }, 3100 * rate, 6000);
    assertMean(found.attempts, truncatedArqMeanTransmissions(p, 3));
    assertMean(found.lost, truncatedArqResidualLoss(p, 3));
  });

  it('are lost each by itself in a message of many', () => {
    const rate = normalApproximation({ channelUses: 1000, errorRate: 0.1 })(10 ** 0.5);
    // Two codewords each: a message of 20 arrives with (1 - p^4)^20, p = 1 - 0.9^2.
    const packets = { packetBits: Math.floor(1900 * rate), blockErrorRate: 0.1, maxTransmissions: 4 };
    const bits = 20 * packets.packetBits;
    const found = outcomes({ fading: 'none', ...packets }, bits, 1500);
    const p = 1 - 0.9 ** 2;
    assertMean(found.firstLost, p);
    assertMean(found.lost, 1 - (1 - p ** 4) ** 20);
  });

  it('have under Rayleigh fading the loss that SciPy says, over all gains of a block', () => {
    for (const { channelUses, errorRate, bits, packetLoss } of golden.shortPackets.slice(0, 2)) {
      const changes = { codewordChannelUses: channelUses, blockErrorRate: errorRate };
      // Each attempt has a block of its own, long enough for the packet.
      const apart = { coherenceSeconds: 100, feedbackSeconds: 200, maxTransmissions: 2 };
      const found = outcomes({ ...changes, ...apart }, bits, 20_000);
      assertMean(found.firstLost, packetLoss);
      assertMean(found.attempts, truncatedArqMeanTransmissions(packetLoss, 2));
      assertMean(found.lost, truncatedArqResidualLoss(packetLoss, 2));
    }
  });

  it('are counted in the shortcut for very many blocks as on the long way', () => {
    const { meanRate, channelUses } = golden.shortPackets[0]!;
    // About 70,000 blocks of one codeword each, of which some are silent.
    const own = { coherenceSeconds: 0.001, blockErrorRate: 1e-3, maxTransmissions: 1 };
    const link = uplinkWith({ ...short, ...own });
    const [attempt] = attemptsAt(70_000 * channelUses * meanRate, link, messageOf(1), 0);
    assert.ok(attempt!.blocks > 2 ** 16 && link.moments !== null);
    near(attempt!.onAirSeconds, 70 * Math.exp(-golden.shortPackets[0]!.leastRatio / 10 ** 0.5), 0.01);
    assert.equal(attempt!.lost, 'loss');
    assert.equal(uplinkWith({ ...short, ...own, packetBits: 1000 }).moments, null);
  });
});

describe('rate "finite-blocklength"', () => {
  const refuses = (changes: ChannelChanges, pointer: string, expected: RegExp) => {
    const found = said(changes);
    assert.equal(found.length, 1, JSON.stringify(found));
    assert.equal(found[0]!.pointer, pointer);
    assert.match(`${found[0]!.expected}; ${found[0]!.advice}`, expected);
  };

  it('is refused where it cannot be combined, by name', () => {
    assert.deepEqual(said({}), []);
    const knowledge = { errorVariance: 0.1, delaySeconds: 0, marginDb: 0 };
    refuses({ knowledge }, '/channel/knowledge', /null where rate is "finite-blocklength"/);
    refuses(
      { retransmission: 'harq-ir' },
      '/channel/retransmission',
      /"none" or "arq" where rate is "finite/,
    );
    refuses({ downlink: { cast: 'broadcast' } }, '/channel/downlink/cast', /"unicast" where rate is "finite/);
    refuses(
      { uplink: { sharing: 'round-robin' } },
      '/channel/rate',
      /another rate where the sharing of the uplink/,
    );
  });

  it('is refused where a codeword is longer than a block, or no block carries one', () => {
    const uplink = { bandwidthHz: [1e6, 1e4], referenceBandwidthHz: null };
    refuses({ uplink }, '/channel/codewordChannelUses', /at most 500, .* block of the uplink/);
    assert.deepEqual(said({ uplink, fading: 'none' }), []);
    refuses({ uplink: { meanSnrDb: -30 } }, '/channel/uplink/meanSnrDb', /a rate above 0/);
  });
});
