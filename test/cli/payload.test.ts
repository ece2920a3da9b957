import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import type { PayloadReport } from '../../src/cli/payload-text.js';
import { main } from '../../src/cli/program.js';
import { fakeServices } from './fake-services.js';

async function payload(...args: readonly string[]) {
  const [out, err] = [new PassThrough(), new PassThrough()];
  const code = await main(['payload', ...args], fakeServices(), { out, err });
  const textOf = (stream: PassThrough) => ((stream.read() as Buffer | null) ?? '').toString();
  return { code, out: textOf(out), err: textOf(err) };
}

async function report(...args: readonly string[]): Promise<PayloadReport> {
  const { code, out, err } = await payload(...args, '--json');
  assert.deepEqual([code, err], [0, '']);
  return JSON.parse(out) as PayloadReport;
}

describe('pwff payload', () => {
  let root = '';
  before(() => {
    root = mkdtempSync(join(tmpdir(), 'pwff-payload-'));
    mkdirSync(join(root, 'empty'));
    mkdirSync(join(root, 'small'));
    const config = {
      model_type: 'gpt2',
      vocab_size: 100,
      eos_token_id: 0,
      n_layer: 12,
      n_embd: 96,
      n_head: 4,
    };
    writeFileSync(join(root, 'small', 'config.json'), JSON.stringify(config));
  });
  after(() => rmSync(root, { recursive: true }));

  it('prints the paper’s messages without its models and data, in 100 columns', async () => {
    const { code, out, err } = await payload();
    assert.deepEqual([code, err], [0, '']);
    // The shared reference payload.json; a header of 512 bits takes 0.3 ms.
    assert.match(out, /^PWFF, scenario paper\n/);
    assert.match(out, /\n1\.3 +update +up +adapters +580,968 +18\.591 +10\.834 +10\.834\n/);
    assert.match(out, /\n2\.3 +helpful-update +up +1 reward model +66,954,241 +2,142\.536 +1,248\.583 /);
    assert.match(out, /mean rate 1\.716 Mbit\/s/);
    assert.match(out, /saves 90\.1 % /);
    assert.doesNotMatch(out, /\u001b/);
    const longest = Math.max(...out.split('\n').map((row) => row.length));
    assert.ok(longest <= 100, `${longest} columns`);
  });

  it('has section V-A’s 1 MHz in both readings: each client’s own, and shared', async () => {
    const { out } = await payload('--preset', 'paper-literal');
    assert.match(out, /\n1 MHz on the uplink, 10 clients +sharing +seconds +joules\n/);
    assert.match(out, /section V-A does not say which/);
    const seconds = (sharing: string) => Number(new RegExp(` ${sharing} +([0-9.]+) `).exec(out)?.[1]);
    // Bits of 36 adapters over rates of the shared reference channel.json: 1.715974 Mbit/s at 5 dB and 1 MHz, and
    // a tenth of 4.330200 at 15 dB; a tenth of the time or of everything is ten times as long.
    const megabits = 18.590976 + 0.000512;
    for (const [sharing, expected] of [
      ['orthogonal', megabits / 1.715974],
      ['split-power-kept', megabits / 0.43302],
      ['split-density-kept', (10 * megabits) / 1.715974],
      ['tdma', (10 * megabits) / 1.715974],
      ['proportional-fair', 57.0],
    ] as const) {
      assert.ok(Math.abs(seconds(sharing) - expected) < 0.01, `${sharing}: ${seconds(sharing)}`);
    }
  });

  it('has the testbed’s uplink 33.3 times as slow as a wired one, and as its own downlink', async () => {
    // The ratio of uplink times over 5G and over Ethernet in the abstract of arXiv:2504.04678.
    const published = 33.3;
    const secondsOf = ({ messages }: PayloadReport, kind: string) =>
      messages.find((message) => message.kind === kind)?.seconds ?? NaN;
    const testbed = await report('testbed-5g');
    const wired = await report('testbed-5g', '--set', 'channel.uplink.bandwidthHz=1e8');
    const slow = secondsOf(testbed, 'update');
    for (const fast of [secondsOf(wired, 'update'), secondsOf(testbed, 'global')]) {
      assert.ok(Math.abs(slow / fast / published - 1) < 0.005, `${slow / fast}`);
    }
  });

  it('charges a method of a single reward for one reward model: half of stage 2', async () => {
    const stageOf = async (...args: string[]) =>
      (await report('paper', ...args)).stages.find(({ stage }) => stage === 'reward')!;
    const both = await stageOf('--method', 'pwff');
    for (const method of ['sfl', 'shepherd']) {
      const one = await stageOf('--method', method);
      for (const cost of ['opening', 'round', 'allRounds'] as const) {
        assert.equal(one[cost]!.bits, both[cost]!.bits / 2, `${method} ${cost}`);
      }
      const { messages, parts } = await report('paper', '--method', method);
      assert.ok(messages.every(({ parts }) => !('harmless' in parts)));
      assert.ok(parts.every(({ part }) => part !== 'harmless'));
    }
  });

  it('keeps to 100 columns for the largest model, a slow link and all that can be shared', async () => {
    const { out } = await payload(
      '--model',
      'gpt2-xl',
      '--method',
      'pfl',
      '--set',
      'channel.uplink.meanSnrDb=-5',
    );
    assert.ok(Math.max(...out.split('\n').map((row) => row.length)) <= 100, out);
    // Step 1.1 brings the base, and all that is shared: in two lines.
    assert.match(
      out,
      /\n1\.1 +model +down +base, adapters, +1,606,687,840 +51,414\.0\d\d .*\n +144 LoRA *\n1\.3 /,
    );
  });

  it('gives no seconds where the link has no mean rate of its own, and says why', async () => {
    const { out } = await payload('--set', 'channel.downlink.cast=broadcast');
    assert.match(out, /\n1\.4 +global +down +adapters +580,968 +18\.591 +– +–\n/);
    assert.match(out, /\nDownlink: no mean rate, for a broadcast goes at the rate of the worst client\n/);
  });

  it('speaks of a saving only where something, and not all, is shared', async () => {
    for (const method of ['vanilla-fl', 'local-only']) {
      assert.doesNotMatch((await payload('--method', method)).out, /saves/);
    }
  });

  it('lists the eleven kinds of message by their steps', async () => {
    const { messages } = await report();
    assert.deepEqual(
      messages.map(({ step, kind, direction }) => `${step} ${kind} ${direction}`),
      [
        '1.1 model downlink',
        '1.3 update uplink',
        '1.4 global downlink',
        '2.1 helpful-model downlink',
        '2.1 harmless-model downlink',
        '2.3 helpful-update uplink',
        '2.3 harmless-update uplink',
        '2.4 helpful-global downlink',
        '2.4 harmless-global downlink',
        '3.3 alignment-update uplink',
        '3.4 alignment-global downlink',
      ],
    );
  });

  it('lists the messages of the stages that the scenario has, and what travels in them', async () => {
    const gone = ['--set', 'reward.model.path=/nowhere'];
    const { messages, stages, parts } = await report('--set', 'stages=["instruction"]', ...gone);
    assert.deepEqual(
      messages.map(({ kind }) => kind),
      ['model', 'update', 'global'],
    );
    assert.deepEqual(
      stages.map(({ stage }) => stage),
      ['instruction'],
    );
    assert.ok(parts.every(({ part }) => part !== 'helpful' && part !== 'harmless'));
  });

  it('takes method, preset, model and settings in place of the scenario’s', async () => {
    const found = await report(
      ...['--method', 'fedlora', '--preset', 'paper-energy', '--model', 'gpt2-medium'],
      ...['--set', 'channel.headerBits=0'],
    );
    assert.deepEqual(
      [found.method, found.preset, found.model.name],
      ['fedlora', 'paper-energy', 'gpt2-medium'],
    );
    const update = found.messages.find(({ kind }) => kind === 'update');
    // 24 blocks of q, k and v, each 8 · (1024 + 1024).
    assert.deepEqual([update?.parts, update?.bits], [{ lora: 1_179_648 }, 32 * 1_179_648]);
  });

  it('says of either preset that nobody claims it to be the authors’', async () => {
    for (const [preset, rank] of [
      ['paper-literal', 96],
      ['paper-energy', 8],
    ] as const) {
      const { out } = await payload('--preset', preset);
      assert.match(out, new RegExp(`${preset}: rank ${rank}, .*not claimed to be what the authors ran`));
      assert.match(out, new RegExp(`36 modules of rank ${rank} `));
    }
  });

  it('reads the shape of a folder from its config.json, weights or not', async () => {
    const { model, parts } = await report('--model', join(root, 'small'));
    assert.equal(model.n_embd, 96);
    // 100 and 1024 embeddings; 12 · (12 · 96² + 13 · 96) per block; 2 · 96 for the last LayerNorm.
    assert.equal(parts[0]?.parameters, 96 * 1124 + 12 * (12 * 96 ** 2 + 13 * 96) + 2 * 96);
  });

  it('takes the quickstart for the embedded model where no scenario is named', async () => {
    const { scenario, model } = await report('--model', 'embedded');
    assert.deepEqual([scenario, model.name], ['quickstart', 'embedded']);
  });

  it('ends with 2 and one line for a model that is not known, or a folder without config.json', async () => {
    const expected =
      'expected a folder with config.json or one of embedded, gpt2, gpt2-medium, gpt2-large, gpt2-xl';
    for (const [model, is, advice] of [
      ['gpt2-mediun', 'is neither a folder nor a known shape', 'did you mean gpt2-medium?'],
      [join(root, 'empty'), 'has no config.json', 'a folder is taken from the current folder'],
    ] as const) {
      const { code, out, err } = await payload('--model', model);
      assert.deepEqual([code, out, err], [2, '', `--model ${model}: ${is}, ${expected}; ${advice}\n`]);
    }
  });

  it('ends with 2 for a method, a preset or a scenario that is not known', async () => {
    for (const [args, line] of [
      [
        ['--method', 'vanilla'],
        /^--method: is "vanilla", expected one of "pwff", .*; did you mean "vanilla-fl"\?\n$/,
      ],
      [
        ['--preset', 'paper-litteral'],
        /^--preset: is "paper-litteral", .*; did you mean "paper-literal"\?\n$/,
      ],
      [['papr'], /^papr: does not exist, expected a scenario file; did you mean paper\?\n$/],
    ] as const) {
      const { code, err } = await payload(...args);
      assert.equal(code, 2);
      assert.match(err, line);
    }
  });

  it('ends with 2 where a setting is out of range, or made twice', async () => {
    const range = await payload('--set', 'model.lora.r=1000');
    assert.equal(range.code, 2);
    assert.match(
      range.err,
      /^[^\n]*paper\.json with --set: \/model\/lora\/r: is 1000, expected at most 768[^\n]*\n$/,
    );
    const twice = await payload('--preset', 'paper-energy', '--set', 'model.lora.r=4');
    assert.equal(twice.code, 2);
    assert.equal(
      twice.err,
      '--preset paper-energy: sets /model/lora/r, which --set sets as well, ' +
        'expected it once; leave one out\n',
    );
  });

  it('ends with 2 where a scenario’s own folder is not there and no shape has its name', async () => {
    const { code, err } = await payload('paper', '--set', 'model.path=../models/mine');
    assert.equal(code, 2);
    assert.match(
      err,
      /^[^\n]*paper\.json: \/model\/path: is "\.\.\/models\/mine", which has no config\.json, [^\n]*\n$/,
    );
  });
});
