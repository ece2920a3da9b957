import assert from 'node:assert/strict';
import { attemptsAt } from '../../../src/radio/channel/attempts.js';
import { groupPolicy } from '../../../src/radio/channel/group-policy.js';
import { gainLaw } from '../../../src/radio/channel/fading/index.js';
import type { Link } from '../../../src/radio/channel/link.js';
import { worstOf } from '../../../src/radio/channel/rate-policies/block-law.js';
import { capacityBps, ratioOfDecibels } from '../../../src/radio/channel/rate.js';
import { channelRules } from '../../../src/radio/channel/relations.js';
import { broken } from '../../../src/settings/rule.js';
import { channelWith, linksWith, messageOf, momentOf, uplinkWith, type ChannelChanges } from './a-link.js';
import { cell as defaultCell } from './large-scale/a-cell.js';
import { exponentialIntegral } from './known-rates.js';
import { assertMean, statisticsOf } from './sample-statistics.js';

const snr = ratioOfDecibels(5);
const inverting: ChannelChanges = { rate: 'inversion', cutoffGain: 0.1 };
const laws = { ricianK: 3, nakagamiM: 2 };

function near(found: number, expected: number, tolerance: number): void {
  assert.ok(Math.abs(found - expected) <= tolerance, `${found}, expected ${expected} within ${tolerance}`);
}

function downlinks(changes: ChannelChanges, clients: number): readonly Link[] {
  const downlink = { ...changes.downlink, cast: 'broadcast' as const };
  return linksWith({ ...changes, downlink }, { clients }).filter(({ direction }) => direction === 'downlink');
}

/** The power over the sender's own time of messages that take some thousand blocks each. */
function meanPowers(group: readonly Link[]) {
  const link = group[0]!;
  return statisticsOf(60, (round) => {
    const [attempt] = attemptsAt(2e8, link, messageOf(round), momentOf(round), group);
    return (attempt!.transmitJoules * group.length) / attempt!.seconds;
  });
}

describe('the law of the worst of several receivers', () => {
  it('is exponential of mean 1/n where n Rayleigh receivers are alike', () => {
    const law = gainLaw({ fading: 'rayleigh', ...laws });
    const worst = worstOf(Array.from({ length: 5 }, () => ({ law, ratio: snr })));
    near(worst.reference, snr, 0);
    near(
      worst.mean((gain) => 1 / gain, { above: 0.1 }),
      5 * exponentialIntegral(0.5),
      1e-9,
    );
    near(
      worst.mean(() => 1, { above: 0.3 }),
      Math.exp(-1.5),
      1e-9,
    );
  });

  it('is exponential of the sum of the rates where Rayleigh receivers differ', () => {
    const law = gainLaw({ fading: 'rayleigh', ...laws });
    const worst = worstOf([4, 1, 2].map((ratio) => ({ law, ratio })));
    near(worst.reference, 1, 0);
    near(
      worst.mean(() => 1, { above: 0.3 }),
      Math.exp(-0.3 * (1 + 1 / 2 + 1 / 4)),
      1e-9,
    );
    near(
      worst.mean((gain) => 1 / gain, { above: 0.1 }),
      1.75 * exponentialIntegral(0.175),
      1e-9,
    );
  });

  it('has its whole probability, whatever the laws', () => {
    for (const fading of ['none', 'rayleigh', 'rician', 'nakagami'] as const) {
      const law = gainLaw({ fading, ...laws });
      for (const ratios of [[1], [1, 1, 1], [1, 2], [1, 2, 2, 0.3]]) {
        near(
          worstOf(ratios.map((ratio) => ({ law, ratio }))).mean(() => 1),
          1,
          1e-8,
        );
      }
    }
  });
});

describe('a sender that inverts its channel', () => {
  it('spends the power of its link in a broadcast to five, not 5 E1(0.5) / E1(0.1) of it', () => {
    const group = downlinks(inverting, 5);
    assertMean(meanPowers(group), 1);
    // What is received while it sends: snr / (5 E1(5 g0)).
    const inverse = 5 * exponentialIntegral(0.5);
    near(groupPolicy(group[0]!, group, 0).rateBps(1, snr), capacityBps(1e6, snr, 1 / inverse), 1e-2);
  });

  it('spends it in a broadcast to receivers of different mean ratios and under every law', () => {
    const positions: [number, number][] = [
      [60, 0],
      [0, 100],
      [150, 0],
    ];
    const cell = { ...defaultCell, positions, radiusMeters: 500, shadowingDb: 0 };
    for (const fading of ['rayleigh', 'rician', 'nakagami'] as const) {
      const group = downlinks({ ...inverting, fading, cell, downlink: { powerWatts: 0.001 } }, 3);
      const powers = meanPowers(group);
      assertMean({ ...powers, mean: powers.mean * 1000, sd: powers.sd * 1000 }, 1);
    }
  });

  it('is refused where a scheduler ranks the gains, for its rate is the same at all of them', () => {
    for (const sharing of ['proportional-fair', 'max-snr', 'equal'] as const) {
      const channel = channelWith({ ...inverting, uplink: { sharing } });
      const found = broken(channelRules, { seed: 1, channel, clients: { count: 2 } }, null);
      assert.deepEqual(
        found.map(({ pointer }) => pointer),
        sharing === 'equal' ? [] : ['/channel/rate'],
      );
    }
  });

  it('spends it over drawn blocks that are all its own', () => {
    assertMean(meanPowers([uplinkWith(inverting)]), 1);
  });
});
