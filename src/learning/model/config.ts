/** The shape of a language model, by the names of Hugging Face's config.json of a GPT-2. */
export interface ModelConfig {
  readonly vocab_size: number;
  readonly n_positions: number;
  readonly n_embd: number;
  readonly n_layer: number;
  readonly n_head: number;
  readonly layer_norm_epsilon: number;
  /** End-of-text token; also used for padding, which is masked. */
  readonly eos_token_id: number;
  /** Absent: the model is a GPT-2. */
  readonly llama?: LlamaConfig;
}

/** What a Llama has beside a GPT-2, by the names of Hugging Face's config.json. */
export interface LlamaConfig {
  readonly model_type: 'llama' | 'qwen2' | 'qwen3';
  readonly num_key_value_heads: number;
  readonly head_dim: number;
  readonly intermediate_size: number;
  readonly tie_word_embeddings: boolean;
  /** Biases of the queries', keys' and values' projections, and of the attention's output. */
  readonly attention_bias: readonly [input: boolean, output: boolean];
  readonly mlp_bias: boolean;
  /** config.json as it is, which transformers reads. */
  readonly json: Readonly<Record<string, unknown>>;
}

/** Where a bottleneck adapter sits in a block. */
export type AdapterSite = 'attention' | 'mlp' | 'parallel';
/** Which projection a LoRA module changes: queries, keys and values of any model, and others of a GPT-2 or of a Llama. */
export type LoraTarget = 'q' | 'k' | 'v' | GptTarget | LlamaTarget;
type GptTarget = 'attn.c_proj' | 'mlp.c_fc' | 'mlp.c_proj';
type LlamaTarget = 'o_proj' | 'gate_proj' | 'up_proj' | 'down_proj';

export interface AdapterConfig {
  readonly sites: readonly AdapterSite[];
  readonly bottleneck: number;
}

/** PEFT's conventions: the change of a weight is (alpha / r) · A · B, with B zero at the start. */
export interface LoraConfig {
  readonly r: number;
  readonly alpha: number;
  readonly targets: readonly LoraTarget[];
}
