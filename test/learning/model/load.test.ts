import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../../../src/errors.js';
import { loadDistilBert, loadModel } from '../../../src/learning/model/load.js';
import { paramSet, tensorsOf, type ParamSet } from '../../../src/learning/params/param-set.js';
import { writeSafetensors } from '../../../src/learning/params/safetensors.js';
import { readSafetensors } from '../../golden/read-safetensors.js';
import { packageRoot } from '../../../src/paths.js';
import { referenceModel, referenceShape } from './reference-model.js';

/** Shape and SHA-256 of each tensor, as test/golden/hugging-face/make.py recorded them of each folder. */
type Digests = Readonly<Record<string, { readonly shape: readonly number[]; readonly sha256: string }>>;

const golden = (name: string) => join(packageRoot(), 'test/golden/hugging-face', name);
const expected = JSON.parse(readFileSync(golden('expected.json'), 'utf8')) as Record<string, Digests>;

function digests(...sets: readonly ParamSet[]): Digests {
  const named = sets
    .flatMap((set) => [...tensorsOf(set)])
    .map(({ name, shape, values }) => {
      const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
      return [name, { shape: [...shape], sha256: createHash('sha256').update(bytes).digest('hex') }] as const;
    });
  return Object.fromEntries(named);
}

async function refused(loading: Promise<unknown>, message: RegExp): Promise<void> {
  await assert.rejects(loading, (thrown) => {
    assert.ok(thrown instanceof UserError, String(thrown));
    assert.match(thrown.message, message);
    assert.ok(!thrown.message.includes('\n'));
    return true;
  });
}

describe('loadModel', () => {
  let folder: string;
  const { base } = referenceModel();
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'pwff-load-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  function write(config: object, set: ParamSet): void {
    writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
    writeFileSync(join(folder, 'model.safetensors'), writeSafetensors([set]));
  }

  /** The set with tensors changed by `change`; those it answers null for are left out. */
  function changed(change: (name: string) => string | null, ...more: { name: string; shape: number[] }[]) {
    const retained = [...tensorsOf(base)].flatMap((tensor) => {
      const name = change(tensor.name);
      return name === null ? [] : [{ ...tensor, name }];
    });
    const added = more.map((spec) => ({
      ...spec,
      values: new Float32Array(spec.shape.reduce((product, extent) => product * extent, 1)),
    }));
    return paramSet('base', [...added, ...retained]);
  }

  function wte() {
    const [first] = tensorsOf(base);
    assert.equal(first!.name, 'wte.weight');
    return { ...first!, values: first!.values.slice() };
  }

  it("reads Hugging Face's two files, in the architecture's order", async () => {
    write({ ...referenceShape.config, model_type: 'gpt2', n_ctx: 16 }, base);
    const loaded = await loadModel(folder);
    assert.deepEqual(loaded.config, referenceShape.config);
    assert.deepEqual(loaded.base, base);
  });

  it('reads the prefix "transformer." and leaves out mask buffers and the tied head', async () => {
    const extra = [
      { name: 'transformer.h.0.attn.bias', shape: [1, 1, 16, 16] },
      { name: 'transformer.h.1.attn.masked_bias', shape: [] },
    ];
    const renamed = changed((name) => `transformer.${name}`, ...extra);
    write(
      referenceShape.config,
      paramSet('base', [...tensorsOf(renamed), { ...wte(), name: 'lm_head.weight' }]),
    );
    assert.deepEqual((await loadModel(folder)).base, base);
  });

  it('names a missing, a misshaped and a strange tensor', async () => {
    write(
      referenceShape.config,
      changed((name) => (name === 'ln_f.bias' ? null : name)),
    );
    await refused(
      loadModel(folder),
      /model\.safetensors: \/ln_f\.bias: is missing, expected a tensor of shape \[8\]/,
    );
    write({ ...referenceShape.config, vocab_size: 12 }, base);
    await refused(loadModel(folder), /\/wte\.weight: is \[11, 8\], expected a tensor of shape \[12, 8\]/);
    write({ ...referenceShape.config, n_layer: 1 }, base);
    await refused(loadModel(folder), /\/h\.1\.ln_1\.weight: is no tensor of a GPT-2 with 1 blocks/);
  });

  it('names file, tensor and index of a number that is NaN or infinite', async () => {
    const gain = [...tensorsOf(base)].map((tensor) =>
      tensor.name === 'h.1.ln_1.weight' ? { ...tensor, values: tensor.values.with(3, NaN) } : tensor,
    );
    write(referenceShape.config, paramSet('base', gain));
    await refused(
      loadModel(folder),
      /model\.safetensors: \/h\.1\.ln_1\.weight: is NaN at index 3, expected finite numbers; .*take another copy$/,
    );
    const head = { ...wte(), name: 'lm_head.weight' };
    head.values[87] = -Infinity;
    write(referenceShape.config, paramSet('base', [...tensorsOf(base), head]));
    await refused(
      loadModel(folder),
      /: \/lm_head\.weight: is -Infinity at index 87, expected finite numbers/,
    );
  });

  it('names them in a file of halves, in the shard that has the tensor', async () => {
    // Each time the last number of a file; model.safetensors is read where shards stand beside it.
    for (const [name, shard, last, said] of [
      ['gpt2-bf16-shards', 'model-00002-of-00005.safetensors', 0xff80, '-Infinity'],
      ['gpt2-f16', 'model.safetensors', 0x7c00, 'Infinity'],
      ['gpt2-f16', 'model.safetensors', 0xfe00, 'NaN'],
    ] as const) {
      cpSync(golden(name), folder, { recursive: true });
      const file = join(folder, shard);
      const bytes = readFileSync(file);
      bytes.writeUInt16LE(last, bytes.length - 2);
      writeFileSync(file, bytes);
      const tensor = [...(await readSafetensors(file)).values()].at(-1)!;
      const index = tensor.values.length - 1;
      await refused(
        loadModel(folder),
        new RegExp(`${shard}: /${tensor.name}: is ${said} at index ${index}, expected finite numbers`),
      );
    }
  });

  it('names what is wrong in config.json', async () => {
    write({ ...referenceShape.config, model_type: 'mamba' }, base);
    await refused(loadModel(folder), /config\.json: \/model_type: is "mamba", expected "gpt2"/);
    write({ ...referenceShape.config, n_layer: 0 }, base);
    await refused(loadModel(folder), /config\.json: \/n_layer: is 0, expected a whole number, 1 or more/);
    write({ ...referenceShape.config, n_layer: 1e9 }, base);
    await refused(loadModel(folder), /\/n_layer: is 1000000000, expected at most 1000/);
    const { n_head: _, ...headless } = referenceShape.config;
    write(headless, base);
    await refused(
      loadModel(folder),
      /\/n_head: is 12 \(the default for a missing key\), expected a divisor of n_embd, 8/,
    );
    write({ ...referenceShape.config, n_inner: 31 }, base);
    await refused(loadModel(folder), /\/n_inner: is 31, expected null or 4 · n_embd, 32/);
    write({ ...referenceShape.config, n_head: 3 }, base);
    await refused(loadModel(folder), /\/n_head: is 3, expected a divisor of n_embd, 8/);
    write({ ...referenceShape.config, activation_function: 'relu' }, base);
    await refused(loadModel(folder), /\/activation_function: is "relu", expected "gelu_new" or/);
    write({ ...referenceShape.config, eos_token_id: 11 }, base);
    await refused(loadModel(folder), /\/eos_token_id: is 11, expected a token from 0 to 10/);
    writeFileSync(join(folder, 'config.json'), '{');
    await refused(loadModel(folder), /config\.json: is not JSON/);
  });

  it('names a folder and a file that are not there', async () => {
    await refused(
      loadModel(join(folder, 'none')),
      /none: is not there \(ENOENT.*\), expected a folder with config\.json/,
    );
    await refused(loadModel(folder), /config\.json: cannot be read/);
    writeFileSync(join(folder, 'config.json'), JSON.stringify(referenceShape.config));
    await refused(
      loadModel(folder),
      /model\.safetensors: is missing, expected the model's weights in safetensors/,
    );
    writeFileSync(join(folder, 'pytorch_model.bin'), '');
    await refused(
      loadModel(folder),
      /convert it: python -c "from transformers import GPT2LMHeadModel as M; M\.from_/,
    );
  });

  // The keys of config.json of openai-community/gpt2.
  it("reads the first GPT-2's config.json, and takes transformers' defaults for missing keys", async () => {
    const { vocab_size, n_positions, n_embd, n_layer, n_head } = referenceShape.config;
    const hub = {
      activation_function: 'gelu_new',
      architectures: ['GPT2LMHeadModel'],
      attn_pdrop: 0.1,
      bos_token_id: 10,
      embd_pdrop: 0.1,
      eos_token_id: 10,
      initializer_range: 0.02,
      layer_norm_epsilon: 1e-5,
      model_type: 'gpt2',
      n_ctx: n_positions,
      n_embd,
      n_head,
      n_layer,
      n_positions,
      resid_pdrop: 0.1,
      summary_activation: null,
      summary_first_dropout: 0.1,
      summary_proj_to_labels: true,
      summary_type: 'cls_index',
      summary_use_proj: true,
      task_specific_params: { 'text-generation': { do_sample: true, max_length: 50 } },
      vocab_size,
    };
    write(hub, base);
    assert.deepEqual((await loadModel(folder)).config, referenceShape.config);
    // transformers' GPT2Config has these other names for n_embd and its like.
    const aliases = {
      vocab_size,
      hidden_size: n_embd,
      num_attention_heads: n_head,
      num_hidden_layers: n_layer,
      max_position_embeddings: n_positions,
      eos_token_id: 10,
    };
    write(aliases, base);
    assert.deepEqual((await loadModel(folder)).config, referenceShape.config);
    write({}, base);
    await refused(
      loadModel(folder),
      /\/wte\.weight: is \[11, 8\], expected a tensor of shape \[50257, 768\]/,
    );
  });

  it('takes a head in the place of wte for wte, and refuses one that differs from it', async () => {
    const [, ...others] = tensorsOf(base);
    write(referenceShape.config, paramSet('base', [...others, { ...wte(), name: 'lm_head.weight' }]));
    assert.deepEqual((await loadModel(folder)).base, base);
    const differing = wte();
    differing.values[87] = 5;
    write(
      referenceShape.config,
      paramSet('base', [...tensorsOf(base), { ...differing, name: 'lm_head.weight' }]),
    );
    await refused(
      loadModel(folder),
      /\/lm_head\.weight: is 5 at index 87, not .*, expected equal to wte\.weight/,
    );
    const narrow = { name: 'lm_head.weight', shape: [11, 7], values: new Float32Array(77) };
    write(referenceShape.config, paramSet('base', [...tensorsOf(base), narrow]));
    await refused(loadModel(folder), /\/lm_head\.weight: is \[11, 7\], expected equal to wte\.weight/);
  });

  it('refuses a tensor that stands there with and without the prefix', async () => {
    write(
      referenceShape.config,
      paramSet('base', [...tensorsOf(base), { ...wte(), name: 'transformer.wte.weight' }]),
    );
    await refused(
      loadModel(folder),
      /transformer\.wte\.weight: stands there twice|wte\.weight: stands there twice/,
    );
  });

  for (const name of ['gpt2', 'gpt2-f16', 'gpt2-bf16-shards']) {
    it(`reads what transformers wrote into test/golden/hugging-face/${name}`, async () => {
      const loaded = await loadModel(golden(name));
      assert.deepEqual(loaded.config, {
        vocab_size: 13,
        n_positions: 10,
        n_embd: 8,
        n_layer: 2,
        n_head: 2,
        layer_norm_epsilon: 1e-5,
        eos_token_id: 12,
      });
      assert.ok(loaded.base.values.buffer instanceof SharedArrayBuffer);
      assert.deepEqual(digests(loaded.base), expected[name]);
    });
  }

  it('names what is wrong with shards', async () => {
    cpSync(golden('gpt2-bf16-shards'), folder, { recursive: true });
    const index = join(folder, 'model.safetensors.index.json');
    const text = readFileSync(index, 'utf8');
    writeFileSync(index, text.replace('"model-00003-of-00005.safetensors"', '"../x.safetensors"'));
    await refused(
      loadModel(folder),
      /weight_map: is "\.\.\/x\.safetensors", expected names of files in the same folder/,
    );
    writeFileSync(index, text.replace(/("transformer\.wte\.weight": "model-0000)\d/, '$13'));
    await refused(loadModel(folder), /weight_map\/transformer\.wte\.weight: is "model-00003-of/);
    writeFileSync(index, text);
    renameSync(join(folder, 'model-00002-of-00005.safetensors'), join(folder, 'elsewhere'));
    await refused(loadModel(folder), /model-00002-of-00005\.safetensors: cannot be read \(ENOENT/);
  });

  it('refuses a tensor of integers', async () => {
    write(referenceShape.config, base);
    const file = join(folder, 'model.safetensors');
    const bytes = readFileSync(file);
    bytes.write('I32', bytes.indexOf('F32'));
    writeFileSync(file, bytes);
    await refused(
      loadModel(folder),
      /model\.safetensors: \/wte\.weight\/dtype: is "I32", expected "F32", "F16" or "BF16"/,
    );
  });
});

describe('loadDistilBert', () => {
  const config = {
    vocab_size: 17,
    max_position_embeddings: 9,
    dim: 8,
    n_layers: 2,
    n_heads: 2,
    hidden_dim: 12,
  };
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'pwff-load-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it('reads a reward model of transformers with its head, linear weights as [in, out]', async () => {
    const loaded = await loadDistilBert(golden('distilbert-reward'));
    assert.deepEqual(loaded.config, config);
    assert.equal(loaded.base.kind, 'reward');
    assert.ok(loaded.base.values.buffer instanceof SharedArrayBuffer);
    assert.deepEqual(digests(loaded.base, loaded.head!), expected['distilbert-reward']);
    // The file has [out, in]: element [i, o] of the set is element [o, i] of the file.
    const name = 'transformer.layer.1.ffn.lin1.weight';
    const stored = (await readSafetensors(join(golden('distilbert-reward'), 'model.safetensors'))).get(
      `distilbert.${name}`,
    )!;
    const loadedTensor = [...tensorsOf(loaded.base)].find((tensor) => tensor.name === name)!;
    assert.deepEqual(
      [stored.shape, loadedTensor.shape],
      [
        [12, 8],
        [8, 12],
      ],
    );
    assert.equal(loadedTensor.values[3 * 12 + 7], stored.values[7 * 8 + 3]);
  });

  it('has no head where the folder has one of two labels, or one for masked words', async () => {
    for (const name of ['distilbert-two-labels', 'distilbert-masked-words']) {
      const loaded = await loadDistilBert(golden(name));
      const base = Object.entries(expected[name]!).filter(([tensor]) => !tensor.includes('classifier'));
      assert.equal(loaded.head, null);
      assert.deepEqual(digests(loaded.base), Object.fromEntries(base));
    }
  });

  it('names file, tensor and index, as the file counts, of a number that is NaN', async () => {
    const tensors = await readSafetensors(join(golden('distilbert-reward'), 'model.safetensors'));
    cpSync(join(golden('distilbert-reward'), 'config.json'), join(folder, 'config.json'));
    for (const name of ['distilbert.transformer.layer.1.ffn.lin1.weight', 'pre_classifier.bias']) {
      const spoiled = [...tensors.values()].map((tensor) =>
        tensor.name === name ? { ...tensor, values: tensor.values.with(1, NaN) } : tensor,
      );
      writeFileSync(join(folder, 'model.safetensors'), writeSafetensors([paramSet('reward', spoiled)]));
      await refused(loadDistilBert(folder), new RegExp(`model\\.safetensors: /${name}: is NaN at index 1, `));
    }
  });

  it('reads names without the prefix "distilbert."', async () => {
    const tensors = await readSafetensors(join(golden('distilbert-reward'), 'model.safetensors'));
    const plain = [...tensors.values()].map(({ name, ...rest }) => ({
      ...rest,
      name: name.replace('distilbert.', ''),
    }));
    writeFileSync(join(folder, 'model.safetensors'), writeSafetensors([paramSet('reward', plain)]));
    cpSync(join(golden('distilbert-reward'), 'config.json'), join(folder, 'config.json'));
    const { base, head } = await loadDistilBert(folder);
    assert.deepEqual(digests(base, head!), expected['distilbert-reward']);
  });

  it('names what is wrong', async () => {
    await refused(
      loadDistilBert(golden('gpt2')),
      /config\.json: \/model_type: is "gpt2", expected "distilbert"/,
    );
    await refused(loadModel(golden('distilbert-reward')), /\/model_type: is "distilbert", expected "gpt2"/);
    cpSync(golden('distilbert-reward'), folder, { recursive: true });
    const write = (change: object) =>
      writeFileSync(join(folder, 'config.json'), JSON.stringify({ ...config, ...change }));
    write({ activation: 'relu' });
    await refused(loadDistilBert(folder), /\/activation: is "relu", expected "gelu"/);
    write({ n_heads: 3 });
    await refused(loadDistilBert(folder), /\/n_heads: is 3, expected a divisor of dim, 8/);
    write({ n_layers: 1 });
    await refused(
      loadDistilBert(folder),
      /\/distilbert\.transformer\.layer\.1\..* is no tensor of a DistilBERT with 1 lay/,
    );
    write({ hidden_dim: 16 });
    await refused(loadDistilBert(folder), /lin1\.weight: is \[12, 8\], expected a tensor of shape \[16, 8\]/);
  });
});
