import type { TensorSpec } from '../params/param-set.js';
import type { LlamaConfig, LoraTarget, ModelConfig } from './config.js';

/*
 * The architecture of Llama (Touvron et al. 2023), which Qwen and SmolLM share: rotary positions, RMSNorm, a gated MLP,
 * and heads that share keys and values. Only Python computes it; here are its shapes, by Hugging Face's names.
 */

type LlamaModel = ModelConfig & { readonly llama: LlamaConfig };

export function isLlama(config: ModelConfig): config is LlamaModel {
  return config.llama !== undefined;
}

/** A projection of a block: its weights are [outputs, inputs] in the base, as PyTorch has them. */
interface Projection {
  /** `self_attn.q_proj`. */
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
  readonly bias: boolean;
}

/** The projections of each block by what LoRA calls them; q, k and v are those of the attention. */
export function llamaProjections(config: LlamaModel): ReadonlyMap<LoraTarget, Projection> {
  const { n_embd: width, n_head: heads } = config;
  const { num_key_value_heads, head_dim, intermediate_size: inner, attention_bias, mlp_bias } = config.llama;
  const [queries, shared] = [heads * head_dim, num_key_value_heads * head_dim];
  const [inBias, outBias] = attention_bias;
  const of = (name: string, inputs: number, outputs: number, bias: boolean) => ({
    name,
    inputs,
    outputs,
    bias,
  });
  return new Map([
    ['q', of('self_attn.q_proj', width, queries, inBias)],
    ['k', of('self_attn.k_proj', width, shared, inBias)],
    ['v', of('self_attn.v_proj', width, shared, inBias)],
    ['o_proj', of('self_attn.o_proj', queries, width, outBias)],
    ['gate_proj', of('mlp.gate_proj', width, inner, mlp_bias)],
    ['up_proj', of('mlp.up_proj', width, inner, mlp_bias)],
    ['down_proj', of('mlp.down_proj', inner, width, mlp_bias)],
  ]);
}

/** The tensors of a Llama in the order they are kept in; a head that is tied to the embeddings is none of them. */
export function llamaTensors(config: LlamaModel): readonly TensorSpec[] {
  const { n_embd: width, n_layer: blocks, vocab_size: vocabulary, llama } = config;
  const embedding = [vocabulary, width];
  const projections = [...llamaProjections(config).values()];
  const block = (prefix: string) => [
    { name: `${prefix}input_layernorm.weight`, shape: [width] },
    ...projections.flatMap(({ name, inputs, outputs, bias }) => [
      { name: `${prefix}${name}.weight`, shape: [outputs, inputs] },
      ...(bias ? [{ name: `${prefix}${name}.bias`, shape: [outputs] }] : []),
    ]),
    // Qwen3 norms each head's queries and keys.
    ...(llama.model_type === 'qwen3'
      ? ['q_norm', 'k_norm'].map((name) => ({
          name: `${prefix}self_attn.${name}.weight`,
          shape: [llama.head_dim],
        }))
      : []),
    { name: `${prefix}post_attention_layernorm.weight`, shape: [width] },
  ];
  return [
    { name: 'model.embed_tokens.weight', shape: embedding },
    ...Array.from({ length: blocks }, (_, i) => block(llamaBlock(i))).flat(),
    { name: 'model.norm.weight', shape: [width] },
    ...(llama.tie_word_embeddings ? [] : [{ name: 'lm_head.weight', shape: embedding }]),
  ];
}

/** What the names of a block's tensors begin with. */
export const llamaBlock = (block: number): string => `model.layers.${block}.`;
