import { weightAndBias, type TensorSpec } from '../params/param-set.js';

/** The shape of a DistilBERT, by the names of Hugging Face's config.json. */
export interface DistilBertConfig {
  readonly vocab_size: number;
  readonly max_position_embeddings: number;
  readonly dim: number;
  readonly n_layers: number;
  readonly n_heads: number;
  /** Width inside the feed-forward blocks, whose activation is the GELU with erf. */
  readonly hidden_dim: number;
}

/** Epsilon of every LayerNorm of a DistilBERT; config.json does not give it. */
export const distilBertLayerNormEpsilon = 1e-12;

/**
 * The tensors of a DistilBERT by Hugging Face's names without the prefix "distilbert.", in the order they are
 * kept in. Weights of linear layers are [in, out].
 */
export function distilBertTensors(config: DistilBertConfig): readonly TensorSpec[] {
  const { dim, hidden_dim: hidden, n_layers: layers, vocab_size, max_position_embeddings } = config;
  const layer = (prefix: string) => [
    ...['q_lin', 'k_lin', 'v_lin', 'out_lin'].flatMap((name) =>
      weightAndBias(`${prefix}attention.${name}`, dim, dim),
    ),
    ...weightAndBias(`${prefix}sa_layer_norm`, dim),
    ...weightAndBias(`${prefix}ffn.lin1`, dim, hidden),
    ...weightAndBias(`${prefix}ffn.lin2`, hidden, dim),
    ...weightAndBias(`${prefix}output_layer_norm`, dim),
  ];
  return [
    { name: 'embeddings.word_embeddings.weight', shape: [vocab_size, dim] },
    { name: 'embeddings.position_embeddings.weight', shape: [max_position_embeddings, dim] },
    ...weightAndBias('embeddings.LayerNorm', dim),
    ...Array.from({ length: layers }, (_, i) => layer(`transformer.layer.${i}.`)).flat(),
  ];
}

/** The head for one label over the first token's state: dim -> dim, ReLU, dim -> 1; weights [in, out]. */
export function distilBertHeadTensors({ dim }: DistilBertConfig): readonly TensorSpec[] {
  return [...weightAndBias('pre_classifier', dim, dim), ...weightAndBias('classifier', dim, 1)];
}
