import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { baseTensors } from '../../../../src/learning/model/base.js';
import type { ModelConfig } from '../../../../src/learning/model/config.js';
import { readLanguageConfig } from '../../../../src/learning/model/read-config.js';
import { drawnSet, type ParamSet } from '../../../../src/learning/params/param-set.js';
import { writeSafetensors } from '../../../../src/learning/params/safetensors.js';
import { packageRoot } from '../../../../src/paths.js';
import { stream } from '../../../../src/simulation/random/stream.js';

/** config.json of SmolLM2-135M, with fewer and narrower blocks, and the vocabulary of the embedded model. */
export const smolConfig = {
  model_type: 'llama',
  architectures: ['LlamaForCausalLM'],
  vocab_size: 512,
  hidden_size: 36,
  intermediate_size: 96,
  num_hidden_layers: 5,
  num_attention_heads: 9,
  num_key_value_heads: 3,
  max_position_embeddings: 256,
  hidden_act: 'silu',
  rms_norm_eps: 1e-5,
  rope_theta: 100000,
  rope_scaling: null,
  attention_bias: false,
  mlp_bias: false,
  tie_word_embeddings: true,
  bos_token_id: 0,
  eos_token_id: 0,
};

/** Writes a folder as Hugging Face has it: random weights, and the tokenizer of the embedded model. */
export async function writeLlama(
  folder: string,
  changes: Readonly<Record<string, unknown>> = {},
): Promise<{ readonly config: ModelConfig; readonly base: ParamSet }> {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'config.json');
  writeFileSync(file, JSON.stringify({ ...smolConfig, ...changes }));
  copyFileSync(join(packageRoot(), 'assets/embedded/tokenizer.json'), join(folder, 'tokenizer.json'));
  const config = await readLanguageConfig(file);
  const draws = stream('random Llama');
  const base = drawnSet('base', baseTensors(config), ({ name, shape }) => {
    if (/norm\.weight$/.test(name)) return () => 1 + 0.2 * draws.normal();
    return () => (name.startsWith('model.embed') ? 0.3 : 1 / Math.sqrt(shape.at(-1)!)) * draws.normal();
  });
  writeFileSync(join(folder, 'model.safetensors'), writeSafetensors([base]));
  return { config, base };
}
