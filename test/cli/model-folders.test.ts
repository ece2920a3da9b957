import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { PassThrough } from 'node:stream';
import { main } from '../../src/cli/program.js';
import type { RunOptions } from '../../src/run/options.js';
import { fakeServices } from './fake-services.js';

interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** What the simulator was given, if anything. */
  readonly given: RunOptions | undefined;
}

async function pwff(...args: readonly string[]): Promise<Outcome> {
  const [out, err] = [new PassThrough(), new PassThrough()];
  let given: RunOptions | undefined;
  const services = fakeServices({
    runScenario: (options) => {
      given = options;
      return fakeServices().runScenario(options);
    },
  });
  const code = await main(args, services, { out, err });
  const textOf = (stream: PassThrough) => ((stream.read() as Buffer | null) ?? '').toString();
  return { code, out: textOf(out), err: textOf(err), given };
}

describe('--model and --reward-model', () => {
  let root = '';
  let gpt2 = '';
  let distilBert = '';
  before(() => {
    root = mkdtempSync(join(tmpdir(), 'pwff-models-'));
    [gpt2, distilBert] = ['7', 'distilbert'].map((name) => join(root, name)) as [string, string];
    for (const folder of [gpt2, distilBert]) {
      mkdirSync(folder);
      writeFileSync(join(folder, 'config.json'), '{ "n_layer": 12, "n_embd": 768, "n_positions": 1024 }');
    }
  });
  after(() => rmSync(root, { recursive: true }));

  const slowly = ['--set', 'reward.learningRate=0.00002'];
  const run = (...args: readonly string[]) => pwff('run', 'tiny', '--out', join(root, 'run'), ...args);

  it('name folders from the current folder, not from that of the scenario', async () => {
    const models = ['--model', relative('.', gpt2), '--reward-model', relative('.', distilBert)];
    const { code, err, given } = await run(...models, ...slowly);
    assert.deepEqual([code, err], [0, '']);
    assert.equal(given?.scenario.model.path, resolve(gpt2));
    assert.deepEqual(given.scenario.reward.model, {
      kind: 'distilbert',
      path: resolve(distilBert),
      train: 'full',
    });
  });

  it('take a reward model for a GPT-2 where its config.json says so', async () => {
    const folder = join(root, 'gpt2-reward');
    mkdirSync(folder);
    writeFileSync(join(folder, 'config.json'), '{ "model_type": "gpt2" }');
    const { given } = await run('--reward-model', folder, ...slowly);
    assert.deepEqual(given?.scenario.reward.model, { kind: 'gpt2', path: folder, train: 'full' });
  });

  it('leave what else a scenario says of its models', async () => {
    const settings = ['--set', 'reward.model.train=head', '--set', 'model.lora.r=4'];
    const { given } = await run('--reward-model', distilBert, ...settings);
    assert.equal(given?.scenario.reward.model.train, 'head');
    assert.equal(given.scenario.model.path, null);
    assert.equal(given.scenario.model.lora.r, 4);
  });

  it('end with 2 and one line for a folder that is not there, is a file or holds no model', async () => {
    const empty = join(root, 'empty');
    mkdirSync(empty);
    for (const [option, folder, wrong] of [
      ['--model', join(root, 'gone'), 'does not exist'],
      ['--model', join(gpt2, 'config.json'), 'is no folder'],
      ['--reward-model', empty, 'has no config.json'],
    ] as const) {
      const { code, out, err, given } = await run(option, folder);
      assert.equal(code, 2);
      assert.equal(out, '');
      const expected = 'expected a folder with config.json, model.safetensors and ';
      assert.ok(err.startsWith(`${option} ${folder}: ${wrong}, ${expected}`), err);
      assert.equal(err.trimEnd().split('\n').length, 1);
      assert.equal(given, undefined);
    }
  });

  it('hold for the checks of pwff validate', async () => {
    const data = ['--set', 'data.files=null', '--set', 'data.synthetic.facts=0'];
    const { code, out, err } = await pwff(
      'validate',
      'paper',
      ...['--model', gpt2, '--reward-model', distilBert],
      ...data,
    );
    assert.deepEqual([code, err], [0, '']);
    assert.match(out, /paper\.json: valid \(10 clients, method pwff\)/);
    assert.equal((await pwff('validate', 'paper', '--model', join(root, 'gone'))).code, 2);
  });

  it('are told of by --help', async () => {
    for (const command of ['run', 'validate']) {
      const { out } = await pwff(command, '--help');
      assert.match(out, /--model <folder> +a GPT-2 as Hugging Face has it/);
      assert.match(out, /--reward-model <folder> +a DistilBERT or GPT-2 as Hugging Face has it/);
    }
  });
});
