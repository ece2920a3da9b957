import assert from 'node:assert/strict';
import { join } from 'node:path';
import { ergodicCapacityBps } from '../../../src/radio/channel/closed-forms.js';
import { methods, type MethodName } from '../../../src/strategies/methods/index.js';
import type { Method } from '../../../src/strategies/methods/method.js';
import { featureWidth, initialRewardModel } from '../../../src/learning/model/reward-model.js';
import { readSafetensors } from '../../golden/read-safetensors.js';
import { packageRoot } from '../../../src/paths.js';
import { payloadOf, type MessagePayload, type Payload } from '../../../src/radio/payload/payload.js';
import { presets } from '../../../src/radio/payload/presets.js';
import { readScenarioOfShapes } from '../../../src/radio/payload/read-scenario.js';
import { namedModel } from '../../../src/radio/payload/shapes.js';
import { stream } from '../../../src/simulation/random/stream.js';

interface Asked {
  readonly method?: Method;
  readonly model?: string;
  readonly scenario?: string;
}

/** What the command computes, of the paper's scenario unless said otherwise. */
async function payload(settings: readonly string[] = [], asked: Asked = {}): Promise<Payload> {
  const { scenario, model, rewardModel } = await readScenarioOfShapes(
    asked.scenario ?? 'paper',
    [{ option: '--set', settings }],
    asked.model,
  );
  const shapes = { model: model.config, reward: rewardModel?.config ?? null };
  return payloadOf(scenario, asked.method ?? methods[scenario.method as MethodName], shapes);
}

function messageOf({ messages }: Payload, kind: MessagePayload['kind']): MessagePayload {
  const [message, ...others] = messages.filter((each) => each.kind === kind);
  assert.ok(message !== undefined && others.length === 0, `one message ${kind}`);
  return message;
}

const smallCell = {
  radiusMeters: 250,
  minDistanceMeters: 10,
  positions: null,
  pathLoss: 'tr36814-macro',
  shadowingDb: null,
  shadowingMeters: 50,
  baseHeightMeters: 25,
  clientHeightMeters: 1.5,
  antennaGainDb: 0,
  noiseDensityDbmPerHz: -174,
  noiseFigureDb: 7,
  mobility: null,
};
const headerless = 'channel.headerBits=0';
const rank8 = presets['paper-energy'].settings;
const snr = 10 ** 0.5;

// Figures are those of the shared reference payload.json, to all of its digits: GPT-2 small, 32 bits a
// parameter, seconds at the ergodic rate of a 5 dB, 1 MHz Rayleigh link, 1 W.
describe('the payloads of the paper', () => {
  interface Vector {
    readonly what: string;
    readonly settings: readonly string[];
    readonly method: keyof typeof methods;
    readonly kind: MessagePayload['kind'];
    /** Where the figures are of one part of the message. */
    readonly part?: keyof MessagePayload['parts'];
    readonly parameters: number;
    readonly megabits: string;
    readonly seconds: string;
  }
  const oneTarget = ['model.lora.targets=["q"]', 'model.lora.maxModules=12'];
  const vectors: readonly Vector[] = [
    {
      what: '36 adapters',
      settings: [],
      method: 'pwff',
      kind: 'update',
      parameters: 580_968,
      megabits: '18.590976',
      seconds: '10.834',
    },
    {
      what: '12 LoRA modules of rank 96',
      settings: oneTarget,
      method: 'fedlora',
      kind: 'update',
      parameters: 1_769_472,
      megabits: '56.623',
      seconds: '32.998',
    },
    {
      what: '36 LoRA modules of rank 96',
      settings: [],
      method: 'shepherd',
      kind: 'alignment-update',
      parameters: 5_308_416,
      megabits: '169.869',
      seconds: '98.993',
    },
    {
      what: '36 adapters and 36 LoRA modules of rank 96',
      settings: [],
      method: 'vanilla-fl',
      kind: 'global',
      parameters: 5_889_384,
      megabits: '188.460',
      seconds: '109.827',
    },
    {
      what: '36 LoRA modules of rank 8',
      settings: rank8,
      method: 'fedlora',
      kind: 'update',
      parameters: 442_368,
      megabits: '14.156',
      seconds: '8.249',
    },
    {
      what: '36 adapters and 36 LoRA modules of rank 8',
      settings: rank8,
      method: 'pfl',
      kind: 'alignment-global',
      parameters: 1_023_336,
      megabits: '32.747',
      seconds: '19.083',
    },
    {
      what: 'all of GPT-2 small',
      settings: [],
      method: 'fedlora',
      kind: 'model',
      part: 'base',
      parameters: 124_439_808,
      megabits: '3982.07',
      seconds: '2320.59',
    },
  ];
  const digits = (text: string) => text.split('.')[1]!.length;

  for (const { what, settings, method, kind, part, parameters, megabits, seconds } of vectors) {
    it(`are ${parameters} parameters and ${seconds} s for ${what}`, async () => {
      const found = messageOf(await payload([headerless, `method=${method}`, ...settings]), kind);
      const counted = part ? found.parts[part]! : found.parameters;
      const share = counted / found.parameters;
      assert.equal(counted, parameters);
      assert.equal(((share * found.bits) / 1e6).toFixed(digits(megabits)), megabits);
      assert.equal((share * found.seconds!).toFixed(digits(seconds)), seconds);
      assert.equal((share * found.joules!).toFixed(digits(seconds)), seconds);
    });
  }

  it('are 133908482 parameters and 2497.17 s for two DistilBERTs, half in a message', async () => {
    const found = await payload([headerless, 'method=pwff']);
    const [helpful, harmless] = [messageOf(found, 'helpful-update'), messageOf(found, 'harmless-update')];
    assert.deepEqual([helpful.parts, harmless.parts], [{ helpful: 66_954_241 }, { harmless: 66_954_241 }]);
    assert.equal(((helpful.bits + harmless.bits) / 1e6).toFixed(2), '4285.07');
    assert.equal((helpful.seconds! + harmless.seconds!).toFixed(2), '2497.17');
  });

  it('save 90.1 % where adapters alone are shared at rank 96, and 43.2 % at rank 8', async () => {
    const literal = await payload(presets['paper-literal'].settings);
    const energy = await payload(rank8);
    assert.equal((100 * literal.saving.share).toFixed(1), '90.1');
    assert.equal((100 * energy.saving.share).toFixed(1), '43.2');
  });

  it('are those of 12 and of 36 private modules where clients differ', async () => {
    const lora = (await payload()).parts.filter(({ part }) => part === 'lora');
    assert.deepEqual(lora, [
      { part: 'lora', kind: 'lora', loraModules: 12, loraRank: 96, parameters: 1_769_472, use: 'private' },
      { part: 'lora', kind: 'lora', loraModules: 36, loraRank: 96, parameters: 5_308_416, use: 'private' },
    ]);
  });
});

describe('the payload of a message', () => {
  it('counts the header, which is all that an update of nothing shared has', async () => {
    const update = messageOf(await payload(['method=local-only', 'channel.headerBits=512']), 'update');
    assert.deepEqual([update.parts, update.parameters, update.bits], [{}, 0, 512]);
  });

  it('is the adapters alone in Step 1.1 where everybody has the base model', async () => {
    const { parts } = messageOf(await payload(['model.preinstalled=true']), 'model');
    assert.deepEqual(parts, { adapters: 580_968 });
  });

  it('takes 16 bits per parameter with float16', async () => {
    const { bits } = messageOf(await payload([headerless, 'channel.compression=float16']), 'update');
    assert.equal(bits, 580_968 * 16);
  });

  it('is the heads of the reward models where their backbone is frozen', async () => {
    // 768 · 768 + 768 and 768 + 1.
    const found = await payload(['reward.model.train=head']);
    assert.deepEqual(messageOf(found, 'helpful-global').parts, { helpful: 591_361 });
    assert.deepEqual(messageOf(found, 'harmless-global').parts, { harmless: 591_361 });
  });

  it('is a GPT-2 and its head of 768 where reward models are GPT-2s, or the head alone', async () => {
    const own = ['reward.model.kind=gpt2', 'reward.model.path=null'];
    const whole = messageOf(await payload(own), 'helpful-update');
    assert.deepEqual(whole.parts, { helpful: 124_439_808 + 768 });
    const medium = ['reward.model.kind=gpt2', 'reward.model.path=models/gpt2-medium'];
    assert.deepEqual(messageOf(await payload(medium), 'helpful-update').parts, {
      helpful: 354_823_168 + 1024,
    });
    const head = messageOf(await payload([...own, 'reward.model.train=head']), 'helpful-update');
    assert.deepEqual(head.parts, { helpful: 768 });
  });

  it('has a LoRA module at every site where they are shared, however a method counts a client’s own', async () => {
    const slots = methods.pfl.slots.map((slot) => ({ ...slot, modules: 'by-resources' as const }));
    const method: Method = { ...methods.pfl, slots };
    const found = await payload([headerless], { method });
    const update = messageOf(found, 'update');
    assert.deepEqual([update.loraModules, update.parameters], [36, 580_968 + 5_308_416]);
    assert.equal(found.stages[0]!.round.bits, 2 * 32 * (580_968 + 5_308_416));
  });

  it('has LoRA in Step 1.1 where it is shared, and not where it is a client’s own', async () => {
    const partsOf = async (method: keyof typeof methods) =>
      messageOf(await payload([`method=${method}`]), 'model').parts;
    const [base, adapters, lora] = [124_439_808, 580_968, 5_308_416];
    assert.deepEqual(await partsOf('vanilla-fl'), { base, adapters, lora });
    assert.deepEqual(await partsOf('shepherd'), { base, lora });
    assert.deepEqual(await partsOf('pwff'), { base, adapters });
  });

  it('adds up over a stage: its opening and as many rounds as it has at most', async () => {
    const { stages } = await payload([headerless, 'instruction.maxRounds=6']);
    const { opening, round, allRounds } = stages[0]!;
    const openingBits = 32 * (124_439_808 + 580_968);
    assert.equal(opening?.bits, openingBits);
    assert.equal(round.bits, 2 * 32 * 580_968);
    assert.equal(allRounds.bits, openingBits + 6 * round.bits);
  });
});

describe('the parameters of a model', () => {
  const base = ({ parts }: Payload) => parts.find(({ part }) => part === 'base')!.parameters;

  it('are those of the published sizes of GPT-2', async () => {
    // num_parameters() of transformers' GPT2LMHeadModel, whose head is tied.
    for (const [model, parameters] of [
      ['gpt2', 124_439_808],
      ['gpt2-medium', 354_823_168],
      ['gpt2-large', 774_030_080],
      ['gpt2-xl', 1_557_611_200],
    ] as const) {
      assert.equal(base(await payload([], { model })), parameters, model);
    }
  });

  it('are those in the weights of the embedded model', async () => {
    const file = join(packageRoot(), 'assets', 'embedded', 'model.safetensors');
    const tensors = [...(await readSafetensors(file)).values()];
    const values = tensors.reduce((sum, tensor) => sum + tensor.values.length, 0);
    assert.equal(base(await payload([], { scenario: 'quickstart' })), values);
  });

  it('are those that Step 2.1 draws for a reward model on the base’s features', async () => {
    const found = messageOf(await payload([], { scenario: 'quickstart' }), 'harmless-model');
    // The hidden width is 64 by default.
    const { config } = await namedModel('embedded');
    const drawn = initialRewardModel(featureWidth(config), 64, stream('reward')).values.length;
    assert.deepEqual(found.parts, { harmless: drawn });
  });
});

describe('the mean link of a payload', () => {
  const link = async (...settings: readonly string[]) => (await payload(settings)).link.uplink;
  const near = (found: number | null, expected: number) =>
    assert.ok(found !== null && Math.abs(found / expected - 1) < 1e-6, `${found} instead of ${expected}`);

  it('has the ergodic capacity of 5 dB and 1 MHz, as the shared reference channel.json has it', async () => {
    near((await link()).meanRateBps, 1.715974e6);
  });

  it('has the capacity of the mean ratio without fading', async () => {
    near((await link('channel.fading=none')).meanRateBps, 2.057373e6);
  });

  it('takes the time of all clients and its own energy where they take turns', async () => {
    const alone = messageOf(await payload(), 'update');
    const shared = messageOf(await payload(['channel.uplink.sharing=tdma']), 'update');
    near(shared.seconds, 10 * alone.seconds!);
    near(shared.joules, alone.joules!);
  });

  it('has a tenth of the band with all of the power, or with a tenth of it', async () => {
    const fullPower = await link('channel.uplink.sharing=split-power-kept');
    const split = await link('channel.uplink.sharing=split-density-kept');
    near(fullPower.meanRateBps, ergodicCapacityBps(1e5, 10 * snr));
    near(split.meanRateBps, ergodicCapacityBps(1e5, snr));
    near(fullPower.meanPowerWatts, 1);
    near(split.meanPowerWatts, 0.1);
  });

  it('has the best of three gains a third of the time under proportional fairness', async () => {
    // The greatest of N unit exponentials by inclusion-exclusion: sum of (-1)^(k+1) (N over k) C(snr/k).
    const best =
      3 * ergodicCapacityBps(1e6, snr) -
      3 * ergodicCapacityBps(1e6, snr / 2) +
      ergodicCapacityBps(1e6, snr / 3);
    const three = ['clients.count=3', 'server.quorum=3'];
    near((await link('channel.uplink.sharing=proportional-fair', ...three)).meanRateBps, best / 3);
  });

  it('is silent, and spends nothing, below the cutoff', async () => {
    const { meanPowerWatts } = await link('channel.rate=cutoff', 'channel.cutoffGain=0.5');
    near(meanPowerWatts, Math.exp(-0.5));
  });

  it('has the rate that is fixed, outage or not', async () => {
    near((await link('channel.rate=fixed', 'channel.fixedRateBps=500000')).meanRateBps, 5e5);
  });

  it('has no mean rate in a cell or of a broadcast, says why, and gives bits all the same', async () => {
    const cell = await payload([`channel.cell=${JSON.stringify(smallCell)}`]);
    assert.equal(cell.link.uplink.meanRateBps, null);
    assert.match(cell.link.uplink.why!, /mean SNR of its own/);
    const broadcast = await payload([headerless, 'channel.downlink.cast=broadcast']);
    assert.match(broadcast.link.downlink.why!, /worst/);
    const { bits, seconds, joules } = messageOf(broadcast, 'global');
    assert.deepEqual([bits, seconds, joules], [18_590_976, null, null]);
    assert.equal(broadcast.stages[0]!.allRounds.seconds, null);
  });
});
