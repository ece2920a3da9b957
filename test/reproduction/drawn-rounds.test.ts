import assert from 'node:assert/strict';
import { estimate } from '../../src/comparison/statistics.js';
import type { PresetName } from '../../src/radio/payload/presets.js';
import { drawnRounds, type RoundMeans } from '../../src/reproduction/drawn-rounds.js';
import { expectedRounds } from '../../src/reproduction/expected-rounds.js';
import { payloadsOf } from '../../src/reproduction/payloads.js';
import { messagesOfRound, stageMessages } from '../../src/reproduction/round-messages.js';
import { uploadsOf } from '../../src/reproduction/uploads.js';
import { loadScenario } from '../../src/scenario/load.js';
import type { Scenario } from '../../src/scenario/schema.js';
import type { MethodName } from '../../src/strategies/methods/index.js';

const contenders: readonly MethodName[] = ['pwff', 'vanilla-fl', 'fedlora', 'sfl', 'pfl', 'shepherd'];
const quickstart = { scenario: 'quickstart', set: [] };
/** Short messages vary more, and cost less. */
const seedsOf = { embedded: 100, 'paper-literal': 10, 'paper-energy': 10 } as const;
const rounds = 4;

async function uploads(preset: PresetName) {
  return uploadsOf(await payloadsOf(contenders, quickstart, preset));
}

/** Within so many of the last digit that the reference prints. */
function near(found: number | null, expected: number): void {
  assert.ok(
    found !== null && Math.abs(found - expected) <= 1.5e-3 * Math.max(1, expected / 10),
    `${found}, not ${expected}`,
  );
}

describe('messages of the paper’s sizes', () => {
  // Seconds at the ergodic rate of a 5 dB, 1 MHz Rayleigh link, without a header: 36 adapters 10.834, 36 LoRA of rank 96
  // 98.993, both 109.827, two DistilBERTs 2497.17; of rank 8 8.249 and 19.083. By Python: fp32 bits of the shapes over
  // 1e6 exp(1/snr) E1(1/snr) / ln 2 (scipy.special.exp1), 1.715974e6.
  it('take the seconds that follow from rank 96 as printed: LoRA alone takes nine times what adapters do', async () => {
    const { pwff, 'vanilla-fl': vanilla, fedlora, shepherd, sfl } = await uploads('paper-literal');
    near(pwff!.instruction, 10.834);
    near(vanilla!.instruction, 109.827);
    near(fedlora!.instruction, 98.993);
    near(shepherd!.alignment, 98.993);
    near(pwff!.reward, 2497.17);
    near(sfl!.reward, 2497.17 / 2);
  });

  it('take what gives the paper’s 43 % at rank 8, where LoRA alone is cheapest', async () => {
    const { pwff, pfl, shepherd } = await uploads('paper-energy');
    near(pfl!.alignment, 19.083);
    near(shepherd!.alignment, 8.249);
    assert.ok(Math.abs(1 - pwff!.alignment! / pfl!.alignment! - 0.432) < 5e-4);
  });
});

describe('messages of rounds that differ', () => {
  it('are those of each round: what it uploads, after what the round before has made', async () => {
    const payload = (await payloadsOf(['rolora'], quickstart, 'paper-energy')).get('rolora')!;
    const messages = stageMessages(payload, 'instruction');
    const partsIn = (round: number) =>
      messagesOfRound(messages, round).map(({ parts }) => Object.keys(parts).join());
    assert.deepEqual(partsIn(1), ['lora.A,lora.B', 'lora.B']);
    assert.deepEqual(partsIn(2), ['lora.B', 'lora.A']);
    // The quickstart's last round, which the paper's scenario does not have.
    assert.deepEqual(partsIn(8), ['lora.B', 'lora.A']);
  });
});

describe('rounds drawn on the link', function () {
  this.timeout(120_000);
  let scenario: Scenario;
  before(async () => {
    scenario = (await loadScenario('quickstart')).scenario;
  });

  const drawn = (messages: Parameters<typeof drawnRounds>[1], seeds: number) =>
    Array.from({ length: seeds }, (_, index) =>
      drawnRounds({ ...scenario, seed: 11 + index }, messages, rounds),
    );

  for (const preset of ['embedded', 'paper-literal', 'paper-energy'] as const) {
    it(`have the closed form within their interval: ${preset}`, async () => {
      const payloads = await payloadsOf(['pwff', 'pfl', 'shepherd'], quickstart, preset);
      for (const [method, payload] of payloads) {
        for (const stage of ['instruction', 'alignment'] as const) {
          const messages = stageMessages(payload, stage);
          const found: readonly RoundMeans[] = drawn(messages, seedsOf[preset]);
          const expected = expectedRounds(scenario, payload, stage, rounds);
          if (typeof expected === 'string') throw new assert.AssertionError({ message: expected });
          for (const key of ['delaySeconds', 'energyJoules'] as const) {
            const { interval } = estimate(found.map((one) => one[key]))!;
            const [low, high] = [interval!.low, interval!.high];
            assert.ok(
              low <= expected[key] && expected[key] <= high,
              `${method}, ${stage}, ${key}: ${expected[key]} is not in ${low}–${high}`,
            );
            assert.ok((high - low) / expected[key] < 0.1, `${method}: the interval says something`);
          }
        }
      }
    });
  }

  it('have the closed form where a third of all attempts are lost, too', async () => {
    const payload = (await payloadsOf(['pwff'], quickstart, 'embedded')).get('pwff')!;
    const lossy = {
      ...scenario,
      channel: { ...scenario.channel, lossProbability: 1 / 3, maxTransmissions: 20 },
    };
    const found = Array.from({ length: 100 }, (_, index) =>
      drawnRounds({ ...lossy, seed: 11 + index }, stageMessages(payload, 'alignment'), rounds),
    );
    const expected = expectedRounds(lossy, payload, 'alignment', rounds) as RoundMeans;
    for (const key of ['delaySeconds', 'energyJoules'] as const) {
      const { low, high } = estimate(found.map((one) => one[key]))!.interval!;
      assert.ok(
        low <= expected[key] && expected[key] <= high,
        `${key}: ${expected[key]} is not in ${low}–${high}`,
      );
    }
  });

  it('have the closed form of each client where they differ: the mean of their delays', async () => {
    const set = ['channel.uplink.meanSnrDb=[0,10,5,5,5,5,5,5,5,5]'];
    const own = (await loadScenario('quickstart', { set })).scenario;
    const payload = (await payloadsOf(['pwff'], { scenario: 'quickstart', set }, 'embedded')).get('pwff')!;
    const at = async (snrDb: number) => {
      const changed = [`channel.uplink.meanSnrDb=${snrDb}`];
      const alike = (await payloadsOf(['pwff'], { scenario: 'quickstart', set: changed }, 'embedded')).get(
        'pwff',
      )!;
      const { scenario: one } = await loadScenario('quickstart', { set: changed });
      return expectedRounds(one, alike, 'alignment', 4) as RoundMeans;
    };
    const [weak, strong, usual] = await Promise.all([0, 10, 5].map(at));
    const found = expectedRounds(own, payload, 'alignment', 4) as RoundMeans;
    const mean = (weak!.delaySeconds + strong!.delaySeconds + 8 * usual!.delaySeconds) / 10;
    assert.ok(Math.abs(found.delaySeconds / mean - 1) < 1e-9, `${found.delaySeconds}, not ${mean}`);
  });

  it('are the same for the same seed, and others for another', async () => {
    const payload = (await payloadsOf(['pwff'], quickstart, 'paper-energy')).get('pwff')!;
    const drawnWith = (seed: number) =>
      drawnRounds({ ...scenario, seed }, stageMessages(payload, 'alignment'), 2);
    assert.deepEqual(drawnWith(11), drawnWith(11));
    assert.notDeepEqual(drawnWith(11), drawnWith(12));
  });

  it('have no closed form where a message is a header alone, and say why', async () => {
    const payload = (await payloadsOf(['local-only'], quickstart, 'embedded')).get('local-only')!;
    const why = expectedRounds(scenario, payload, 'alignment', 2);
    assert.equal(why, 'a message takes fewer than 5 blocks');
  });

  it('are refused where clients share a band', () => {
    const uplink = { ...scenario.channel.uplink, sharing: 'max-snr' as const };
    const shared = { ...scenario, channel: { ...scenario.channel, uplink } };
    assert.throws(
      () => drawnRounds(shared, { opening: [], uploads: [], answers: [] }, 1),
      /^UserError: --preset: draws messages on links of their own, /,
    );
  });
});
