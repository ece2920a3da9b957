import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { main } from '../../src/cli/program.js';
import { services } from '../../src/cli/services.js';
import { refOf, tensorsOf, type ParamSet } from '../../src/learning/params/param-set.js';
import { readRun } from '../../src/records/read.js';
import { readSafetensors } from '../golden/read-safetensors.js';
import { protocolRun } from './untrained.js';

const stageOne = ['stages=["instruction"]', 'instruction.maxRounds=1'];

describe('a LoRA that goes out to PEFT’s layout and comes in again', () => {
  let folder = '';
  const at = (name: string) => join(folder, name);
  async function pwff(...args: readonly string[]) {
    const [out, err] = [new PassThrough(), new PassThrough()];
    const code = await main(args, services, { out, err });
    const textOf = (stream: PassThrough) => ((stream.read() as Buffer | null) ?? '').toString();
    return { code, out: textOf(out), err: textOf(err) };
  }
  const run = (name: string, ...set: readonly string[]) =>
    pwff(
      'run',
      'tiny',
      '--quiet',
      '--out',
      at(name),
      ...[...stageOne, 'learning=stub', ...set].flatMap((each) => ['--set', each]),
    );
  /** LoRA of a client at the end of a run. */
  const left = async (name: string, client: string) =>
    new Map(
      [...(await readSafetensors(join(at(name), 'params', `${client}.safetensors`)))]
        .filter(([tensor]) => tensor.includes('lora'))
        .map(([tensor, { values }]) => [tensor, [...values]]),
    );
  const begun = (set: ParamSet) =>
    new Map([...tensorsOf(set)].map(({ name, values }) => [name, [...values]]));

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'pwff-from-peft-'));
    // Noise in place of learning: B is not zero any more.
    assert.equal((await run('run', 'model.lora.minModules=9')).code, 0);
    const { code, err } = await pwff('export', at('run'), '--client', '2', '--peft', at('lora'));
    assert.deepEqual([code, err], [0, '']);
  });
  after(() => rmSync(folder, { recursive: true }));

  it('is what every client begins with where LoRA is its own', async () => {
    const set = [...stageOne, 'model.lora.minModules=9', `model.fromPeft=${at('lora')}`];
    const { clients, run: begunRun } = await protocolRun(set);
    const expected = await left('run', 'client-2');
    assert.equal(expected.size, 18);
    for (const { model } of clients) {
      assert.deepEqual(begun(begunRun.world.store.get(model.lora!)), expected);
    }
    assert.deepEqual(begunRun.notes(), []);
  });

  it('is what the server sends in Step 1.1 where LoRA is shared', async () => {
    const { global, run: begunRun } = await protocolRun([
      ...stageOne,
      'method=vanilla-fl',
      `model.fromPeft=${at('lora')}`,
    ]);
    // Nobody trains: the mean of equal sets is the set, to a rounding of weights that sum to 1.
    const expected = await left('run', 'client-2');
    for (const [name, values] of begun(begunRun.world.store.get(global.lora!))) {
      values.forEach((value, i) => assert.ok(Math.abs(value - expected.get(name)![i]!) < 1e-6, name));
    }
  });

  it('is kept by a client as far as it has modules, beside what it draws, and the run says so', async () => {
    const set = [...stageOne, 'model.lora.minModules=4', 'model.lora.maxModules=4'];
    const drawn = await protocolRun(set);
    const { clients, run: begunRun } = await protocolRun([...set, `model.fromPeft=${at('lora')}`]);
    const expected = await left('run', 'client-2');
    const own = begun(begunRun.world.store.get(clients[0]!.model.lora!));
    assert.equal(own.size, 8);
    for (const [name, values] of own) assert.deepEqual(values, expected.get(name), name);
    assert.notEqual(clients[0]!.model.lora!.hash, drawn.clients[0]!.model.lora!.hash);
    assert.match(
      begunRun.notes().join('\n'),
      /Step 1\.2 gives 3 of 3 clients too few modules for all 9 of .*minModules=9/,
    );
  });

  it('leaves places that it has no module for as they are drawn', async () => {
    assert.equal((await run('small', 'model.lora.minModules=2', 'model.lora.maxModules=2')).code, 0);
    assert.equal((await pwff('export', at('small'), '--client', 'client-1', '--peft', at('few'))).code, 0);
    const set = [...stageOne, 'model.lora.minModules=3', 'model.lora.maxModules=3'];
    const drawn = await protocolRun(set);
    const { clients, run: begunRun } = await protocolRun([...set, `model.fromPeft=${at('few')}`]);
    const own = begun(begunRun.world.store.get(clients[0]!.model.lora!));
    const asDrawn = begun(drawn.run.world.store.get(drawn.clients[0]!.model.lora!));
    const given = await left('small', 'client-1');
    assert.deepEqual([own.size, given.size], [6, 4]);
    for (const [name, values] of own) assert.deepEqual(values, given.get(name) ?? asDrawn.get(name), name);
  });

  it('is named by the manifest, with the hash of what it became', async () => {
    const { code } = await pwff(
      'run',
      'tiny',
      '--quiet',
      '--from-peft',
      at('lora'),
      '--out',
      at('next'),
      '--set',
      'learning=stub',
      '--set',
      stageOne[0]!,
    );
    assert.equal(code, 0);
    const { manifest } = await readRun(at('next'));
    const { run: begunRun } = await protocolRun([...stageOne, `model.fromPeft=${at('lora')}`]);
    assert.deepEqual(manifest.fromPeft, { folder: at('lora'), hash: refOf(begunRun.world.begunLora!).hash });
  });

  it('is refused with 2 and one line where it does not fit', async () => {
    writeFileSync(at('file'), '');
    for (const [args, message] of [
      [['--set', 'model.lora.r=4'], /is of rank 24, expected 4, .*--set model\.lora\.r=24$/],
      [
        [
          '--set',
          'model.lora.targets=["q"]',
          '--set',
          'model.lora.minModules=1',
          '--set',
          'model.lora.maxModules=1',
        ],
        /changes k, v, expected/,
      ],
      [
        ['--set', 'method=fedada'],
        /\/model\/fromPeft: is ".*", expected null: the method fedada has no LoRA$/,
      ],
      [
        ['--set', `from=${at('run')}`],
        /\/model\/fromPeft: is ".*", expected null in a run that begins with that of \/from$/,
      ],
      [
        ['--from-peft', at('gone')],
        /^--from-peft .*gone: does not exist, expected a folder with adapter_config\.json and/,
      ],
      [['--from-peft', at('run')], /has no adapter_config\.json/],
    ] as const) {
      for (const command of ['run', 'validate']) {
        const options = [
          '--from-peft',
          at('lora'),
          ...args,
          ...(command === 'run' ? ['--out', at('never')] : []),
        ];
        const { code, err } = await pwff(command, 'tiny', ...options);
        assert.equal(code, 2, err);
        assert.match(err.trimEnd(), message);
        assert.equal(err.trimEnd().split('\n').length, 1, err);
      }
    }
  });

  it('goes out with merged weights and adapters, which only go together', async () => {
    const to = ['--merged', at('gpt2'), '--adapters', at('adapters')];
    const { code, out } = await pwff('export', at('run'), '--client', '1', ...to);
    assert.equal(code, 0);
    assert.match(
      out,
      /^GPT-2 of client-1, LoRA merged, .*\n.*\n9 bottleneck adapters of client-1, in pwff’s own layout/,
    );
    for (const [args, message] of [
      [
        ['--client', '1', '--merged', at('gpt3')],
        /^--merged: client-1 of .* has 9 bottleneck adapters, .*expected --adapters/,
      ],
      [['--peft', at('none')], /^--peft: the global model of .* has no LoRA \(method pwff\), /],
      [
        ['--client', '4', '--peft', at('none')],
        /^--client: client-4 is not in .*, expected client-1, client-2, client-3$/,
      ],
      [['--client', '1'], /^pwff export: --client and --model choose a model, /],
      [['--client', '1', '--peft', join(at('file'), 'x')], /^--peft: .* cannot be written/],
      [
        ['--client', '1', '--peft', at('none'), '--model', at('gpt2')],
        /gpt2: its parameters have the SHA-256 .*, expected .*--model$/,
      ],
    ] as const) {
      const { code, err } = await pwff('export', at('run'), ...args);
      assert.equal(code, 2, err);
      assert.match(err.trimEnd(), message);
    }
  });
});
