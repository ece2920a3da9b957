import { readJson, rejectKey, type Json } from '../json-file.js';
import type { LlamaConfig, ModelConfig } from './config.js';
import { checkAssumptions, countIn, numberIn, type Assumptions } from './config-file.js';

/** How the model types differ in their tensors: biases that do not stand in config.json. */
const types: Readonly<
  Record<LlamaConfig['model_type'], (json: Json) => Pick<LlamaConfig, 'attention_bias' | 'mlp_bias'>>
> = {
  llama: ({ attention_bias, mlp_bias }) => ({
    attention_bias: [attention_bias === true, attention_bias === true],
    mlp_bias: mlp_bias === true,
  }),
  qwen2: () => ({ attention_bias: [true, false], mlp_bias: false }),
  qwen3: ({ attention_bias }) => ({
    attention_bias: [attention_bias === true, attention_bias === true],
    mlp_bias: false,
  }),
};

export const llamaTypes = Object.keys(types) as readonly LlamaConfig['model_type'][];

/** What is not there: adapters and LoRA stand beside whole float32 weights. */
const assumptions: Assumptions = { quantization_config: [null], use_sliding_window: [false] };

/** The shape of a Llama, Qwen2 or Qwen3 by its config.json, whose keys have to be there but for a few. */
export async function readLlamaConfig(file: string): Promise<ModelConfig> {
  const json = await readJson(file);
  checkAssumptions(json, file, assumptions);
  const type = llamaTypes.find((name) => name === json['model_type']);
  if (type === undefined) rejectKey(file, 'model_type', json['model_type'], llamaTypes.join(' or '));
  const [width, heads] = [count(json, 'hidden_size', file), count(json, 'num_attention_heads', file)];
  if (json['head_dim'] === undefined && width % heads !== 0) {
    rejectKey(file, 'num_attention_heads', heads, `a divisor of hidden_size, ${width}`);
  }
  const shared = countIn(json, ['num_key_value_heads'], heads, file);
  if (heads % shared !== 0) {
    rejectKey(file, 'num_key_value_heads', shared, `a divisor of num_attention_heads, ${heads}`);
  }
  return {
    vocab_size: count(json, 'vocab_size', file),
    n_positions: count(json, 'max_position_embeddings', file),
    n_embd: width,
    n_layer: count(json, 'num_hidden_layers', file),
    n_head: heads,
    layer_norm_epsilon: numberIn(json, 'rms_norm_eps', 1e-6, file),
    eos_token_id: endOfText(json),
    llama: {
      model_type: type,
      num_key_value_heads: shared,
      head_dim: isAbsent(json['head_dim']) ? width / heads : count(json, 'head_dim', file),
      intermediate_size: count(json, 'intermediate_size', file),
      tie_word_embeddings: json['tie_word_embeddings'] === true,
      ...types[type](json),
      json,
    },
  };
}

const isAbsent = (value: unknown) => value === undefined || value === null;

function count(json: Json, key: string, file: string): number {
  return key in json ? countIn(json, [key], 0, file) : rejectKey(file, key, undefined, 'a whole number');
}

/** The first where there are several. The tokenizer's takes its place. */
function endOfText({ eos_token_id: id }: Json): number {
  const first: unknown = Array.isArray(id) ? id[0] : id;
  return typeof first === 'number' ? first : 0;
}
