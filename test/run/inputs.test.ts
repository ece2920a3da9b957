import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { main } from '../../src/cli/program.js';
import { services } from '../../src/cli/services.js';
import { UserError } from '../../src/errors.js';
import { initialBase } from '../../src/learning/model/base.js';
import type { ModelConfig } from '../../src/learning/model/config.js';
import { writeSafetensors } from '../../src/learning/params/safetensors.js';
import { packageRoot } from '../../src/paths.js';
import type { Manifest } from '../../src/records/manifest.js';
import { checkInputs } from '../../src/run/check.js';
import { loadInputs } from '../../src/run/inputs.js';
import { inputNotes, readRows, usedOverlaps } from '../../src/run/notes.js';
import type { Overlap } from '../../src/learning/data/overlap.js';
import { runScenario } from '../../src/run/run.js';
import { loadScenario } from '../../src/scenario/load.js';
import { stream } from '../../src/simulation/random/stream.js';
import { untrainedExecutor } from './untrained.js';

const embedded = join(packageRoot(), 'assets/embedded');

describe('the inputs of a run', () => {
  let root: string;
  beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'pwff-inputs-'))));
  afterEach(() => rmSync(root, { recursive: true }));

  /** The embedded model in a folder of its own, its config.json changed. */
  function modelFolder(changes: Partial<ModelConfig> = {}): string {
    const folder = join(root, 'model');
    cpSync(embedded, folder, { recursive: true });
    const config = JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8')) as ModelConfig;
    writeFileSync(join(folder, 'config.json'), JSON.stringify({ ...config, ...changes }));
    return folder;
  }

  /** The smallest model of GPT-2's vocabulary, with random weights and without a tokenizer. */
  function folderWithoutTokenizer(): string {
    const folder = modelFolder();
    rmSync(join(folder, 'tokenizer.json'));
    const config: ModelConfig = {
      vocab_size: 50257,
      n_positions: 256,
      n_embd: 4,
      n_layer: 3,
      n_head: 1,
      layer_norm_epsilon: 1e-5,
      eos_token_id: 50256,
    };
    writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
    const weights = writeSafetensors([initialBase(config, stream('weights'))]);
    writeFileSync(join(folder, 'model.safetensors'), weights);
    return folder;
  }

  const optionsOf = async (...set: readonly string[]) => loadScenario('tiny', { set });
  const withModel = (folder: string) => optionsOf(`model.path=${folder}`, 'model.lora.r=2');

  it('have the tokenizer’s end of text where config.json has another one, and say so', async () => {
    const folder = modelFolder({ eos_token_id: 5 });
    const { language } = await loadInputs(await withModel(folder));
    assert.equal(language.tokenizer.endOfText, 511);
    assert.equal(language.config.eos_token_id, 511);
    assert.deepEqual(await checkInputs(await withModel(folder)), [
      `${join(folder, 'config.json')}: /eos_token_id is 5, the tokenizer's <|endoftext|> is 511; texts end ` +
        "with the tokenizer's",
    ]);
  });

  it('say where a model’s folder has no tokenizer and GPT-2’s is taken, in summary and manifest', async () => {
    const folder = folderWithoutTokenizer();
    const outFolder = join(root, 'run');
    const summary = await runScenario({
      ...(await withModel(folder)),
      outFolder,
      workers: 1,
      backend: 'wasm',
      executor: untrainedExecutor(),
    });
    const note = `${folder}: has no tokenizer.json and no vocab.json; GPT-2's own tokenizer (r50k_base) is used`;
    assert.deepEqual(summary.notes, [note]);
    const manifest = JSON.parse(readFileSync(join(outFolder, 'manifest.json'), 'utf8')) as Manifest;
    assert.equal(manifest.tokenizer, 'r50k_base');
    assert.deepEqual(manifest.notes, [note]);
    const reward = join(root, 'reward');
    cpSync(folder, reward, { recursive: true });
    const both = await optionsOf(
      ...[`model.path=${folder}`, 'model.lora.r=2'],
      ...['reward.model.kind=gpt2', `reward.model.path=${reward}`, 'reward.learningRate=0.00001'],
    );
    assert.deepEqual(await checkInputs(both), [note, note.replace(folder, reward)]);
  });

  const long = 'and then '.repeat(400);

  /** Three data files: every fourth instruction is too long, `alike` of 60 pairs differ behind the context only. */
  function dataFiles(alike: number): readonly string[] {
    const write = (name: string, rows: readonly unknown[]) => {
      writeFileSync(join(root, name), rows.map((row) => JSON.stringify(row)).join('\n'));
      return join(root, name);
    };
    const instructions = Array.from({ length: 96 }, (_, row) => {
      return { instruction: `Say ${row}.`, output: row % 4 === 0 ? long : 'yes' };
    });
    const pairs = Array.from({ length: 60 }, (_, row) => {
      const same = row < alike ? long : '';
      return { prompt: `Ask ${row}?`, chosen: `${same}good`, rejected: `${same}bad` };
    });
    const harmless = pairs.map((pair) => ({ ...pair, prompt: `${pair.prompt} Really?` }));
    return [
      `data.files.instructions=${write('instructions.jsonl', instructions)}`,
      `data.files.helpful=${write('helpful.jsonl', pairs)}`,
      `data.files.harmless=${write('harmless.jsonl', harmless)}`,
      ...['data.examplesPerClient=24', 'data.testPerClient=4', 'data.pairsPerClient=20'],
      'data.dirichletAlpha=100',
    ];
  }

  it('count by file what loses tokens to the context, and leave out pairs that are alike once cut', async () => {
    const options = await optionsOf(...dataFiles(6));
    const inputs = await loadInputs(options);
    const rows = readRows(options.scenario, inputs);
    assert.deepEqual(rows.slice(0, 3), [
      {
        purpose: 'instructions',
        file: join(root, 'instructions.jsonl'),
        ...counts(96, 24, 0),
        maxTokens: 256,
      },
      { purpose: 'helpful', file: join(root, 'helpful.jsonl'), ...counts(60, 6, 6), maxTokens: 256 },
      { purpose: 'harmless', file: join(root, 'harmless.jsonl'), ...counts(60, 6, 6), maxTokens: 256 },
    ]);
    assert.deepEqual([rows[3]!.purpose, rows[3]!.truncated, rows[3]!.maxTokens], ['prompts', 0, 248]);
    const pairs = inputs.clients.flatMap(({ tables }) => Object.values(tables.pairs.helpful));
    assert.equal(
      pairs.reduce((sum, { count }) => sum + count / 2, 0),
      54,
    );
    const notes = await checkInputs(options);
    for (const note of [
      'instructions.jsonl: 24 of 96 instructions lose tokens to a context of 256',
      'helpful.jsonl: 6 of 60 helpful pairs lose tokens to a context of 256',
      'helpful.jsonl: 6 of 60 helpful pairs are the same tokens twice within a context of 256; left out',
    ]) {
      assert.ok(notes.includes(join(root, note)), notes.join('\n'));
    }
  });

  it('say in one line, and in counts with their zeros, what is held out and trained on', async () => {
    const rows = (count: number, row: (index: number) => object) =>
      Array.from({ length: count }, (_, index) => JSON.stringify(row(index))).join('\n');
    const asked = (name: string, count: number, row: (index: number) => object) => {
      writeFileSync(join(root, name), rows(count, row));
      return `data.files.${name.split('.')[0]}=${join(root, name)}`;
    };
    const pair = (index: number) => ({ prompt: `Ask ${index}?`, chosen: 'yes', rejected: 'no' });
    const set = [
      asked('instructions.jsonl', 96, (index) => ({ instruction: `Say ${index}.`, output: 'yes' })),
      ...(['helpful.jsonl', 'harmless.jsonl'] as const).map((name) => asked(name, 60, pair)),
      ...['data.examplesPerClient=24', 'data.testPerClient=4', 'data.pairsPerClient=20'],
      'data.dirichletAlpha=100',
    ];
    const options = await optionsOf(...set);
    assert.deepEqual(await checkInputs(options), []);
    const inputs = await loadInputs(options);
    const overlaps = usedOverlaps(options.scenario, inputs);
    assert.equal(overlaps.length, 15);
    assert.ok(overlaps.every(({ ownPrompts, anyPrompts }) => ownPrompts + anyPrompts === 0));
    assert.equal(usedOverlaps({ stages: ['instruction'] }, inputs).length, 3);
    const leaky = inputs.overlaps.map((overlap) =>
      overlap.use !== 'test' ? overlap : { ...overlap, rows: 1200, ownPrompts: 1001, anyPrompts: 1003 },
    );
    const some = (kept: (overlap: Overlap) => boolean) =>
      inputNotes(options.scenario, { ...inputs, overlaps: leaky.filter(kept) });
    assert.deepEqual(
      some(({ purpose, against }) => purpose === 'prompts' && against !== 'harmless'),
      [
        'held-out rows have the prompts of training rows of the same client: 1,001 of 1,200 test prompts of ' +
          'Step 3, 1,001 of 1,200 test prompts of Step 3 (asked in instructions), 1,001 of 1,200 test prompts of ' +
          'Step 3 (asked in helpful pairs); of other clients alone: 2 of 1,200 test prompts of Step 3, 2 of 1,200 ' +
          'test prompts of Step 3 (asked in instructions), 2 of 1,200 test prompts of Step 3 (asked in helpful pairs)',
      ],
    );
  });

  it('are refused where all pairs of a client are alike once cut', async () => {
    await assert.rejects(checkInputs(await optionsOf(...dataFiles(60))), (thrown) => {
      assert.ok(thrown instanceof UserError, String(thrown));
      assert.match(
        thrown.message,
        /^scenario tiny: \/data: all \d+ helpful pairs of client-1 \(train\) are the same/,
      );
      return true;
    });
  });

  describe('that pwff run refuses', () => {
    const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 548105171\n';
    const cases: readonly (readonly [name: string, said: RegExp, args: () => readonly string[]])[] = [
      [
        'weights that are a Git LFS pointer',
        /is a Git LFS pointer/,
        () => {
          writeFileSync(join(modelFolder(), 'model.safetensors'), pointer);
          return ['--model', join(root, 'model')];
        },
      ],
      [
        'weights with one NaN in a LayerNorm',
        /model\.safetensors: \/ln_f\.bias: is NaN at index \d+, expected finite numbers/,
        () => {
          const file = join(modelFolder(), 'model.safetensors');
          const weights = readFileSync(file);
          // ln_f.bias is the last tensor of the embedded model.
          weights.writeFloatLE(NaN, weights.length - 4);
          writeFileSync(file, weights);
          return ['--model', join(root, 'model')];
        },
      ],
      [
        'pytorch_model.bin alone',
        /pytorch_model\.bin is for Python only/,
        () => {
          rmSync(join(modelFolder(), 'model.safetensors'));
          writeFileSync(join(root, 'model/pytorch_model.bin'), '');
          return ['--model', join(root, 'model')];
        },
      ],
      [
        'a model without a tokenizer of its size',
        /tokenizer\.json: is missing, and so is vocab\.json/,
        () => {
          rmSync(join(modelFolder(), 'tokenizer.json'));
          return ['--model', join(root, 'model')];
        },
      ],
      [
        'a tokenizer with more tokens than the model',
        /its tokenizer has 513 tokens, expected at most/,
        () => {
          const file = join(modelFolder(), 'tokenizer.json');
          const json = JSON.parse(readFileSync(file, 'utf8')) as { model: { vocab: Record<string, number> } };
          json.model.vocab['Ġone-more'] = 512;
          writeFileSync(file, JSON.stringify(json));
          return ['--model', join(root, 'model')];
        },
      ],
      [
        'data of which no row can be used',
        /row 1: is of no known layout/,
        () => {
          const settings = dataFiles(0);
          writeFileSync(join(root, 'helpful.jsonl'), '{"text": "a"}\n');
          return settings.flatMap((setting) => ['--set', setting]);
        },
      ],
    ];
    for (const [name, said, args] of cases) {
      it(`are refused by pwff validate in the same line: ${name}`, async () => {
        const given = ['tiny', ...args()];
        const [ran, validated] = [
          await pwff('run', ...given, '--out', join(root, 'run')),
          await pwff('validate', ...given),
        ];
        assert.deepEqual(validated, ran);
        assert.equal(validated.code, 2);
        assert.match(validated.err, said);
        assert.equal(validated.err.trimEnd().split('\n').length, 1);
      });
    }
  });
});

const counts = (rows: number, truncated: number, alike: number) => ({ rows, truncated, alike });

async function pwff(...args: readonly string[]) {
  const [out, err] = [new PassThrough(), new PassThrough()];
  const code = await main(args, services, { out, err });
  return { code, err: ((err.read() as Buffer | null) ?? '').toString() };
}
