import type { AdapterConfig, LoraConfig, ModelConfig } from './config.js';
import type { DistilBertConfig } from './distilbert-config.js';
import type { Mixture } from './mixture.js';

/**
 * How the model is built around its parameters; the modules a client has follow from its LoRA set's names.
 */
export interface ModelShape {
  readonly config: ModelConfig;
  readonly adapters: AdapterConfig;
  readonly lora: LoraConfig;
  /** The slots that it has of what is tuned; absent: all of them, each with its whole change. */
  readonly mixture?: Mixture;
  /** The pre-trained network that reward models are; absent where they are small ones on features. */
  readonly reward?: RewardShape;
}

export type RewardShape = DistilBertShape | GptRewardShape;

/** A causal GPT-2 with the language model's own tokens. */
export interface GptRewardShape {
  readonly kind: 'gpt2';
  readonly config: ModelConfig;
}

/** A DistilBERT that judges what a language model of another vocabulary wrote. */
export interface DistilBertShape {
  readonly kind: 'distilbert';
  readonly config: DistilBertConfig;
  /** Width of the critics' network (Step 3.1), which a DistilBERT cannot start. */
  readonly criticHidden: number;
  /** What turns tokens of the language model into text, and text into tokens of the DistilBERT. */
  readonly languageTokenizer: TokenizerFiles;
  readonly rewardTokenizer: TokenizerFiles;
}

/** A tokenizer as a worker opens it, once, by itself. */
export interface TokenizerFiles {
  /** Null: that of the embedded model. */
  readonly folder: string | null;
  /** SHA-256 of its files, so that a request says what its result depends on; a worker checks it. */
  readonly hash: string;
}
