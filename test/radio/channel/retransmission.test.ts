import assert from 'node:assert/strict';
import { attemptsAt } from '../../../src/radio/channel/attempts.js';
import { retransmissions } from '../../../src/radio/channel/retransmission/index.js';
import { messageOf, momentOf, uplinkWith, type ChannelChanges } from './a-link.js';
import { stream } from '../../../src/simulation/random/stream.js';
import { assertMean, statisticsOf } from './sample-statistics.js';

const { none, arq, 'harq-chase': chase, 'harq-ir': incremental } = retransmissions;

/** A message of one packet that takes one block of the reference channel at the rate. */
function oneBlock(rateBps: number, changes: ChannelChanges) {
  const link = uplinkWith({ rate: 'fixed', fixedRateBps: rateBps, feedbackSeconds: 0, ...changes });
  return (round: number) =>
    attemptsAt(rateBps * link.coherenceSeconds, link, messageOf(round), momentOf(round));
}

const unlimited = { maxTransmissions: 1000 };
const count = 100_000;

/** Figures of shared/reference/channel.json; deviations from the law of the number of attempts. */
describe('retransmission', () => {
  it('goes on up to the cap, but "none" sends once', () => {
    for (const scheme of [arq, chase, incremental]) assert.equal(scheme.maxTransmissions(3), 3);
    assert.equal(none.maxTransmissions(3), 1);
  });

  it('keeps nothing by "arq", adds ratios by "harq-chase", adds information by "harq-ir"', () => {
    // 100 channel uses: 100 bits are a ratio of 1, twice of which carries 100 log2(3) = 158.496 bits.
    assert.equal(arq.combined(70, 50, 100), 50);
    assert.ok(Math.abs(chase.combined(100, 100, 100) - 158.4962500721156) < 1e-9);
    assert.equal(incremental.combined(70, 50, 100), 120);
    assert.ok(Math.abs(chase.combined(0, 50, 100) - 50) < 1e-9);
  });

  it('by "arq" needs 1.371943 attempts in the mean at 1 Mbit/s, where an attempt fails with 0.271107', () => {
    const attempts = oneBlock(1e6, { retransmission: 'arq', ...unlimited });
    let firstLost = 0;
    const found = statisticsOf(count, (round) => {
      const all = attempts(round);
      if (all[0]!.lost === 'outage') firstLost++;
      return all.length;
    });
    const outage = 0.271107;
    assertMean(found, 1.371943, Math.sqrt(outage) / (1 - outage));
    assertMean({ count, mean: firstLost / count, sd: 0 }, outage, Math.sqrt(outage * (1 - outage)));
  });

  it('by "arq" of 4 attempts needs 1.364531 and loses 0.5402 % of the messages', () => {
    const attempts = oneBlock(1e6, { retransmission: 'arq', maxTransmissions: 4 });
    let lost = 0;
    const found = statisticsOf(count, (round) => {
      const all = attempts(round);
      if (!all.at(-1)!.acknowledged) lost++;
      return all.length;
    });
    assertMean(found, 1.364531);
    assertMean({ count, mean: lost / count, sd: 0 }, 0.005402, Math.sqrt(0.005402 * (1 - 0.005402)));
  });

  it('by "arq" meets the same fade again where a block outlasts the attempts', () => {
    // Packets of 1 ms, 10 ms of feedback, blocks of 50 ms, begun anywhere in a block. By Monte Carlo in NumPy (4e6
    // packets, independent blocks): 0.86076 delivered, 1.67875 attempts; by fresh fades for each attempt 0.99460.
    const link = uplinkWith({ rate: 'fixed', fixedRateBps: 1e6 });
    const phases = stream(1, 'phases');
    let delivered = 0;
    const found = statisticsOf(count, (round) => {
      const start = momentOf(round) + 0.05 * phases.uniform();
      const all = attemptsAt(1000, link, messageOf(round), start);
      if (all.at(-1)!.acknowledged) delivered++;
      return all.length;
    });
    assertMean({ count, mean: delivered / count, sd: 0 }, 0.86076, Math.sqrt(0.86076 * (1 - 0.86076)));
    assertMean(found, 1.67875);
  });

  it('by "harq-chase" needs 1.316228 attempts at 1 Mbit/s and 1.948683 at 2 Mbit/s', () => {
    for (const [rateBps, mean] of [
      [1e6, 1.316228],
      [2e6, 1.948683],
    ] as const) {
      const attempts = oneBlock(rateBps, { retransmission: 'harq-chase', ...unlimited });
      // Gains add up until theta: 1 + a Poisson number of mean theta, so of variance mean - 1.
      const found = statisticsOf(count / 2, (round) => attempts(round).length);
      assertMean(found, mean, Math.sqrt(mean - 1));
    }
  });

  it('by "harq-ir" never needs more attempts than by "harq-chase", nor that more than by "arq"', () => {
    const [a, c, i] = (['arq', 'harq-chase', 'harq-ir'] as const).map((retransmission) =>
      oneBlock(2.5e6, { retransmission, ...unlimited }),
    );
    let better = 0;
    for (let round = 0; round < 3000; round++) {
      const [plain, chased, incremented] = [a!(round).length, c!(round).length, i!(round).length];
      assert.ok(incremented <= chased && chased <= plain, `${incremented}, ${chased}, ${plain}`);
      if (incremented < chased) better++;
    }
    assert.ok(better > 0);
  });

  it('combines nothing where the rate follows the gain: loss is loss', () => {
    const lossy = { rate: 'capacity', lossProbability: 0.5, maxTransmissions: 20 } as const;
    for (let round = 0; round < 200; round++) {
      const [plain, combined] = (['arq', 'harq-ir'] as const).map((retransmission) =>
        attemptsAt(1e5, uplinkWith({ ...lossy, retransmission }), messageOf(round), 0),
      );
      assert.deepEqual(combined, plain);
    }
  });
});
