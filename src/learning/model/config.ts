/** The shape of a GPT-2-architecture model, by the names of Hugging Face's config.json. */
export interface ModelConfig {
  readonly vocab_size: number;
  readonly n_positions: number;
  readonly n_embd: number;
  readonly n_layer: number;
  readonly n_head: number;
  readonly layer_norm_epsilon: number;
  /** End-of-text token; also used for padding, which is masked. */
  readonly eos_token_id: number;
}

/** Where a bottleneck adapter sits in a block. */
export type AdapterSite = 'attention' | 'mlp' | 'parallel';
/** Which projection a LoRA module changes. */
export type LoraTarget = 'q' | 'k' | 'v' | 'attn.c_proj' | 'mlp.c_fc' | 'mlp.c_proj';

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
