import assert from 'node:assert/strict';
import { combinedGain } from '../../../src/radio/air/combined-gain.js';
import { airSeconds, slotOf, type AirSender } from '../../../src/radio/air/slot.js';
import { ratioOfDecibels } from '../../../src/radio/channel/rate.js';
import { linksWith, type ChannelChanges } from '../channel/a-link.js';

const fastFading: ChannelChanges = { coherenceSeconds: 1e-3 };

function sendersWith(clients: number, changes: ChannelChanges = fastFading, seed = 1): AirSender[] {
  return linksWith(changes, { clients, seed })
    .filter(({ direction }) => direction === 'uplink')
    .map((link) => ({ link, amplitude: 1, silences: [] }));
}

const oneAntenna = { cutoffGain: 0.1, antennas: 1 };
const snr5dB = ratioOfDecibels(5);

describe('A slot of all clients on the air at once', () => {
  it('takes values / (2 B) seconds, whatever the number of clients', () => {
    assert.equal(airSeconds(200_000, 1e6), 0.1);
    for (const clients of [1, 6, 24]) {
      assert.equal(slotOf(200_000, sendersWith(clients), oneAntenna, 0).seconds, 0.1);
    }
  });

  it('covers all values, block by block, from wherever in a block it begins', () => {
    for (const startSeconds of [0, 0.0123456, 7.0004]) {
      const { blocks } = slotOf(9_999, sendersWith(3), oneAntenna, startSeconds);
      assert.equal(blocks[0]!.from, 0);
      assert.equal(blocks.at(-1)!.to, 9_999);
      blocks.slice(1).forEach(({ from }, i) => assert.equal(from, blocks[i]!.to));
      assert.ok(blocks.length >= 5 && blocks.length <= 6);
    }
  });

  it('has all clients received at rho = snr / E1(g0), Rayleigh fading', () => {
    // scipy.special.exp1(0.1)
    const expected = snr5dB / 1.8229239584193906;
    const { snr } = slotOf(2_000, sendersWith(6), oneAntenna, 0);
    assert.ok(Math.abs(snr / expected - 1) < 1e-6);
  });

  it('spends the link’s power in the mean over all blocks, silent ones included', () => {
    const blocks = 20_000;
    const { uses, seconds } = slotOf(2_000 * blocks, sendersWith(2), oneAntenna, 0);
    // Var[1/g; g >= g0] / E^2: E[1/g^2; g >= 0.1] = e^-0.1 / 0.1 - E1(0.1) = 7.2254
    const relative = Math.sqrt(7.2254 / 1.8229 ** 2 - 1) / Math.sqrt(blocks);
    for (const { powerSeconds } of uses) {
      assert.ok(Math.abs(powerSeconds / seconds - 1) < 3 * relative, `${powerSeconds / seconds}`);
    }
  });

  it('has a client on the air in e^-g0 of the blocks', () => {
    const blocks = 20_000;
    const { uses, seconds } = slotOf(2_000 * blocks, sendersWith(1), oneAntenna, 0);
    const p = Math.exp(-0.1);
    const error = Math.sqrt((p * (1 - p)) / blocks);
    assert.ok(Math.abs(uses[0]!.onAirSeconds / seconds - p) < 3 * error);
  });

  it('gives a client of half the amplitude a quarter of the power', () => {
    const [whole] = slotOf(20_000, sendersWith(1), oneAntenna, 0).uses;
    const halved = sendersWith(1).map((sender) => ({ ...sender, amplitude: 0.5 }));
    const [quarter] = slotOf(20_000, halved, oneAntenna, 0).uses;
    assert.ok(Math.abs(quarter!.powerSeconds / whole!.powerSeconds - 0.25) < 1e-12);
  });

  it('is levelled to the client of the lowest mean SNR: the others save power', () => {
    const [far, near] = sendersWith(2);
    const strong = { ...near!.link, snr: { constant: true, ratioAt: () => 10 * snr5dB } };
    const { snr, uses } = slotOf(40_000_000, [far!, { ...near!, link: strong }], oneAntenna, 0);
    assert.ok(Math.abs(snr / (snr5dB / 1.8229239584193906) - 1) < 1e-6);
    assert.ok(Math.abs(uses[1]!.powerSeconds / uses[0]!.powerSeconds - 0.1) < 0.005);
  });

  it('spends the link’s power in the mean with several antennas, and is received 1 / E[1/g; g >= g0] as well', () => {
    const [settings, blocks] = [{ cutoffGain: 0.1, antennas: 4 }, 4_000];
    const { snr, uses, seconds } = slotOf(2_000 * blocks, sendersWith(3), settings, 0);
    const { inverse } = combinedGain(4, 3, 0.1);
    assert.ok(Math.abs(snr / (snr5dB / inverse) - 1) < 1e-9);
    // With one antenna it is 1.8229, with four and three senders 1.0652 (SciPy, combined-gain.test.ts).
    assert.ok(Math.abs(1.8229 / inverse - 1.7113) < 1e-3);
    // 1/g <= 10, so that one block's power has a standard deviation below 10 / inverse.
    for (const { powerSeconds } of uses) assert.ok(Math.abs(powerSeconds / seconds - 1) < 0.1);
  });

  it('has a client silent where it has no signal', () => {
    const changes: ChannelChanges = { fading: 'none', coherenceSeconds: 1e-3 };
    const [one, other] = sendersWith(2, changes);
    const silenced = { ...one!, silences: [{ fromSeconds: 0.0015, toSeconds: 0.002 }] };
    const { blocks } = slotOf(6_000, [silenced, other!], { cutoffGain: 0, antennas: 1 }, 0);
    assert.deepEqual(
      blocks.filter(({ active }) => active.length === 1),
      [{ from: 3_000, to: 4_000, active: ['client-2'] }],
    );
  });

  it('has the gains of another seed otherwise, and of the same one again', () => {
    const activity = (seed: number) =>
      slotOf(200_000, sendersWith(3, fastFading, seed), oneAntenna, 0).blocks.map(({ active }) => active);
    assert.deepEqual(activity(1), activity(1));
    assert.notDeepEqual(activity(1), activity(2));
  });
});
