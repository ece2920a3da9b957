import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { baseTensors } from '../../../src/learning/model/base.js';
import { loadModel } from '../../../src/learning/model/load.js';
import { loraSites, loraTensors, targetsOf } from '../../../src/learning/model/lora.js';
import { readLanguageConfig } from '../../../src/learning/model/read-config.js';
import { parametersIn, paramSet, tensorsOf } from '../../../src/learning/params/param-set.js';
import { writeSafetensors } from '../../../src/learning/params/safetensors.js';
import { smolConfig, writeLlama } from './python/random-llama.js';

/** As their config.json have them on the Hub. */
const smolLm2 = {
  ...smolConfig,
  ...{ vocab_size: 49152, hidden_size: 576, intermediate_size: 1536, num_hidden_layers: 30 },
  max_position_embeddings: 8192,
};
const qwen25 = {
  model_type: 'qwen2',
  ...{ vocab_size: 151936, hidden_size: 896, intermediate_size: 4864, num_hidden_layers: 24 },
  ...{ num_attention_heads: 14, num_key_value_heads: 2, max_position_embeddings: 32768 },
  ...{ rms_norm_eps: 1e-6, tie_word_embeddings: true, use_sliding_window: false, eos_token_id: 151643 },
};
const qwen3 = {
  model_type: 'qwen3',
  ...{ vocab_size: 151936, hidden_size: 1024, intermediate_size: 3072, num_hidden_layers: 28, head_dim: 128 },
  ...{ num_attention_heads: 16, num_key_value_heads: 8, max_position_embeddings: 40960 },
  ...{ rms_norm_eps: 1e-6, tie_word_embeddings: true, attention_bias: false, eos_token_id: 151645 },
};

describe('a model of Llama’s architecture', () => {
  const root = mkdtempSync(join(tmpdir(), 'pwff-llama-'));
  after(() => rmSync(root, { recursive: true }));

  const configOf = (json: object) => {
    const file = join(root, 'config.json');
    writeFileSync(file, JSON.stringify(json));
    return readLanguageConfig(file);
  };

  // As the num_parameters() of transformers' models counts them, heads that are tied once.
  for (const [name, json, parameters] of [
    ['SmolLM2-135M', smolLm2, 134_515_008],
    ['Qwen2.5-0.5B', qwen25, 494_032_768],
    ['Qwen3-0.6B', qwen3, 596_049_920],
  ] as const) {
    it(`has as many parameters as ${name} has`, async () => {
      assert.equal(parametersIn(baseTensors(await configOf(json))), parameters);
    });
  }

  it('has LoRA at its own projections, keys and values as narrow as the heads that share them', async () => {
    const config = await configOf(smolLm2);
    const targets = targetsOf(config);
    assert.deepEqual(targets, ['q', 'k', 'v', 'o_proj', 'gate_proj', 'up_proj', 'down_proj']);
    const ofBlock = loraSites(config, targets).filter(({ name }) => name.startsWith('model.layers.29.'));
    assert.deepEqual(
      ofBlock.map(({ name, inputs, outputs }) => [name.slice('model.layers.29.'.length), inputs, outputs]),
      [
        ['self_attn.q_proj', 576, 576],
        ['self_attn.k_proj', 576, 192],
        ['self_attn.v_proj', 576, 192],
        ['self_attn.o_proj', 576, 576],
        ['mlp.gate_proj', 576, 1536],
        ['mlp.up_proj', 576, 1536],
        ['mlp.down_proj', 1536, 576],
      ],
    );
    const shape = { config, adapters: { sites: [], bottleneck: 1 }, lora: { r: 8, alpha: 16, targets } };
    assert.deepEqual(loraTensors(shape, 1), [
      { name: 'model.layers.0.self_attn.q_proj.lora_A', shape: [576, 8] },
      { name: 'model.layers.0.self_attn.q_proj.lora_B', shape: [8, 576] },
    ]);
  });

  it('leaves out a head that is tied all the same, and refuses a tensor of another model', async () => {
    const folder = join(root, 'model');
    const { base } = await writeLlama(folder);
    const tensors = [...tensorsOf(base)];
    const embedding = tensors[0]!;
    const write = (name: string) => {
      const set = paramSet('base', [...tensors, { ...embedding, name }]);
      writeFileSync(join(folder, 'model.safetensors'), writeSafetensors([set]));
    };
    write('lm_head.weight');
    assert.deepEqual((await loadModel(folder)).base.values, base.values);
    write('model.layers.5.mlp.up_proj.weight');
    await assert.rejects(loadModel(folder), {
      name: 'UserError',
      message: /\/model\.layers\.5\.mlp\.up_proj\.weight: is no tensor of a llama with 5 blocks/,
    });
  });

  it('is refused where it is quantised, windowed, or its heads do not fit', async () => {
    for (const [changes, message] of [
      [{ quantization_config: { bits: 4 } }, /\/quantization_config: is .*, expected null/],
      [{ use_sliding_window: true }, /\/use_sliding_window: is true, expected false/],
      [{ hidden_size: undefined }, /\/hidden_size: is missing, expected a whole number/],
      [{ num_attention_heads: 7 }, /\/num_attention_heads: is 7, expected a divisor of hidden_size, 36/],
      [
        { num_key_value_heads: 2 },
        /\/num_key_value_heads: is 2, expected a divisor of num_attention_heads, 9/,
      ],
      [{ model_type: 'mamba' }, /\/model_type: is "mamba", expected "gpt2"/],
    ] as const) {
      await assert.rejects(configOf({ ...smolConfig, ...changes }), { name: 'UserError', message });
    }
  });
});
