import * as tf from '@tensorflow/tfjs';
import type { Batch } from './batch.js';
import { distilBertLayerNormEpsilon, type DistilBertConfig } from './distilbert-config.js';
import type { AttentionLayout } from './kernels/kernels.js';
import type { Head } from './head.js';
import { attention, embed, gelu, layerNorm, linear, selectRows } from './layers.js';
import { weight, type Weights } from './weights.js';

/**
 * DistilBERT (Sanh et al. 2019) by Hugging Face's names without the prefix "distilbert.", weights [in, out].
 *
 * Shapes: N tokens of a packed batch (see `Batch`) in B rows, each of which begins with [CLS]; C = dim. All
 * functions below run inside the caller's `tf.tidy`.
 */
export interface DistilBert {
  readonly config: DistilBertConfig;
  readonly weights: Weights;
  /** True: gradients for its own tensors. False: they are constants. */
  readonly learns: boolean;
}

/** Last hidden states of the rows' first tokens, (B, C): what a head reads. */
export function firstStates(model: DistilBert, { ids, positions, offsets }: Batch): tf.Tensor2D {
  const words = weight<tf.Rank.R2>(model.weights, 'embeddings.word_embeddings.weight');
  const places = weight<tf.Rank.R2>(model.weights, 'embeddings.position_embeddings.weight');
  const embedded = tf.add(embed(words, ids, model.learns), embed(places, positions, model.learns));
  const layout = { offsets, heads: model.config.n_heads, causal: false };
  const last = model.config.n_layers - 1;
  let x = norm(model, 'embeddings.LayerNorm', embedded as tf.Tensor2D);
  for (let layer = 0; layer < last; layer++) x = runLayer(model, layer, x, layout);
  return runLayer(model, last, x, layout, offsets.subarray(0, -1));
}

/**
 * Scores (B) of first states (B, C): relu(x · pre_classifier) · classifier, as
 * DistilBertForSequenceClassification with one label has it. `head` holds these tensors among others and gets
 * gradients.
 */
export function headScores(head: Weights, states: tf.Tensor2D): tf.Tensor1D {
  const project = (name: string, x: tf.Tensor2D) => linear(x, ...parametersOf(head, name), true);
  return tf.reshape(project('classifier', tf.relu(project('pre_classifier', states))), [-1]);
}

/** The same as a head over frozen states. */
export const distilBertHead: Head = {
  widthOf: ({ tensors }) => tensors[0]!.shape[0]!,
  values: headScores,
};

/** Post-LN block: LN(x + attention), then LN(· + ffn); `at` drops all other rows after the attention. */
function runLayer(
  model: DistilBert,
  layer: number,
  x: tf.Tensor2D, // (N, C)
  layout: AttentionLayout,
  at?: Int32Array,
): tf.Tensor2D {
  const selected = (rows: tf.Tensor2D) => (at === undefined ? rows : selectRows(rows, at));
  const prefix = `transformer.layer.${layer}.`;
  const project = (name: string, input: tf.Tensor2D) =>
    linear(input, ...parametersOf(model.weights, prefix + name), model.learns);
  const qkv = linear(x, ...queriesKeysValues(model.weights, `${prefix}attention.`), model.learns); // (N, 3C)
  const attended = project('attention.out_lin', selected(attention(qkv, layout))); // (M, C)
  const middle = norm(model, `${prefix}sa_layer_norm`, tf.add(selected(x), attended));
  const wide = gelu(project('ffn.lin1', middle), 'erf'); // (M, hidden_dim)
  return norm(model, `${prefix}output_layer_norm`, tf.add(middle, project('ffn.lin2', wide)));
}

/** The three projections side by side, so that one product serves them all: (C, 3C) and (3C). */
function queriesKeysValues(weights: Weights, prefix: string): readonly [tf.Tensor2D, tf.Tensor1D] {
  const parts = ['q_lin', 'k_lin', 'v_lin'].map((name) => parametersOf(weights, prefix + name));
  return [
    tf.concat2d(
      parts.map(([w]) => w),
      1,
    ),
    tf.concat1d(parts.map(([, b]) => b)),
  ];
}

function norm(model: DistilBert, name: string, x: tf.Tensor2D): tf.Tensor2D {
  return layerNorm(x, ...gainAndBias(model.weights, name), distilBertLayerNormEpsilon, model.learns);
}

function parametersOf(weights: Weights, name: string): readonly [tf.Tensor2D, tf.Tensor1D] {
  return [weight<tf.Rank.R2>(weights, `${name}.weight`), weight<tf.Rank.R1>(weights, `${name}.bias`)];
}

function gainAndBias(weights: Weights, name: string): readonly [tf.Tensor1D, tf.Tensor1D] {
  return [weight<tf.Rank.R1>(weights, `${name}.weight`), weight<tf.Rank.R1>(weights, `${name}.bias`)];
}
