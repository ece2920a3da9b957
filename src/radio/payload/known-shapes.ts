import type { ModelConfig } from '../../learning/model/config.js';
import type { DistilBertConfig } from '../../learning/model/distilbert-config.js';

/*
 * Shapes of published models, so that nobody downloads weights to count them: the values of each model's
 * config.json at Hugging Face.
 */

/** What the four sizes of GPT-2 have in common (Radford et al. 2019, table 2; the vocabulary is one). */
const gpt2 = { vocab_size: 50257, n_positions: 1024, layer_norm_epsilon: 1e-5, eos_token_id: 50256 };

/** Language models by the name of their folder. */
export const knownModels: Readonly<Record<string, ModelConfig>> = {
  gpt2: { ...gpt2, n_embd: 768, n_layer: 12, n_head: 12 },
  'gpt2-medium': { ...gpt2, n_embd: 1024, n_layer: 24, n_head: 16 },
  'gpt2-large': { ...gpt2, n_embd: 1280, n_layer: 36, n_head: 20 },
  'gpt2-xl': { ...gpt2, n_embd: 1600, n_layer: 48, n_head: 25 },
};

const distilBert = { max_position_embeddings: 512, dim: 768, n_layers: 6, n_heads: 12, hidden_dim: 3072 };

/** Reward models by the name of their folder (Sanh et al. 2019). */
export const knownRewardModels: Readonly<Record<string, DistilBertConfig>> = {
  'distilbert-base-uncased': { ...distilBert, vocab_size: 30522 },
  'distilbert-base-cased': { ...distilBert, vocab_size: 28996 },
};
