import * as tf from '@tensorflow/tfjs';
import { addAdapters } from './adapters.js';
import type { Batch } from './batch.js';
import { withDroppedLora, type Dropout } from './dropout.js';
import { attention, embed, gelu, layerNorm, linear, selectRows } from './layers.js';
import { loraLinear, modulesOf } from './lora.js';
import type { ModelShape } from './model-shape.js';
import { pythonModelOf, pythonStates } from './python/models.js';
import type { Slots } from './slots.js';
import { weight, type Weights } from './weights.js';

/**
 * GPT-2 (Radford et al. 2019) by Hugging Face's names, with bottleneck adapters and LoRA where their sets
 * hold tensors.
 *
 * Shapes: N tokens of a packed batch (see `Batch`), C = n_embd, H = n_head, V = vocab_size. All functions
 * below run inside the caller's `tf.tidy`.
 */
export interface Gpt extends Slots {
  readonly shape: ModelShape;
  readonly base: Weights;
  /** True while pre-training: gradients for the base's own tensors too. False: they are constants. */
  readonly trainsBase?: boolean;
  /** Of what LoRA modules read; absent: none. */
  readonly dropout?: Dropout;
}

/** Attention of one block over (N, 3C) queries, keys and values, heads side by side; gives (N, C). */
export type Attend = (qkv: tf.Tensor2D, block: number) => tf.Tensor2D;

/**
 * Hidden states after the last LayerNorm (`ln_f`), (N, C). With `at` (M indices into the N tokens, ascending)
 * only theirs, (M, C), which saves most of the last block. Differentiable with respect to adapters and LoRA
 * (and the base where it trains).
 */
export function hiddenStates(model: Gpt, batch: Batch, at?: Int32Array): tf.Tensor2D {
  const python = pythonModelOf(model);
  if (python) return pythonStates(python, batch, at);
  const heads = model.shape.config.n_head;
  const layout = { offsets: batch.offsets, heads, causal: true };
  const attend: Attend = (qkv) => attention(qkv, layout);
  return runBlocks(model, batch.ids, batch.positions, attend, at);
}

/** The blocks around any kind of attention: that of a whole batch, or one over cached keys and values. */
export function runBlocks(
  model: Gpt,
  ids: Int32Array,
  positions: Int32Array,
  attend: Attend,
  at?: Int32Array,
): tf.Tensor2D {
  const { n_layer: blocks } = model.shape.config;
  const wte = weight<tf.Rank.R2>(model.base, 'wte.weight');
  const wpe = weight<tf.Rank.R2>(model.base, 'wpe.weight');
  const trains = model.trainsBase === true;
  let x: tf.Tensor2D = tf.add(embed(wte, ids, trains), embed(wpe, positions, trains));
  for (let block = 0; block < blocks; block++) {
    x = runBlock(model, block, x, attend, block === blocks - 1 ? at : undefined);
  }
  return norm(model, 'ln_f', x);
}

/**
 * Pre-LN block: x + attention(ln_1(x)), then + mlp(ln_2(x)); `at` drops all other rows after the attention.
 */
function runBlock(
  model: Gpt,
  block: number,
  x: tf.Tensor2D, // (N, C)
  attend: Attend,
  at: Int32Array | undefined,
): tf.Tensor2D {
  const selected = (rows: tf.Tensor2D) => (at === undefined ? rows : selectRows(rows, at));
  const prefix = `h.${block}.`;
  const normal = norm(model, `${prefix}ln_1`, x);
  const qkv = project(model, `${prefix}attn.c_attn`, normal, block === 0); // (N, 3C)
  const mixed = selected(attend(qkv, block)); // (M, C)
  const projected = project(model, `${prefix}attn.c_proj`, mixed);
  const attended = addAdapters(model.adapters, block, 'attention', projected, projected);
  const middle: tf.Tensor2D = tf.add(selected(x), attended);
  const input = norm(model, `${prefix}ln_2`, middle);
  const wide = gelu(project(model, `${prefix}mlp.c_fc`, input), 'tanh'); // (M, 4C)
  const narrow = project(model, `${prefix}mlp.c_proj`, wide);
  const output = addAdapters(model.adapters, block, 'mlp', narrow, narrow);
  return tf.add(middle, addAdapters(model.adapters, block, 'parallel', input, output));
}

/**
 * x · W + b for a projection of the base (Conv1D: W is [in, out]), with its LoRA modules where it has any. What the
 * first projection reads comes from the base alone, and is a constant where that is.
 */
function project(model: Gpt, name: string, x: tf.Tensor2D, isFirst = false): tf.Tensor2D {
  const w = weight<tf.Rank.R2>(model.base, `${name}.weight`);
  const b = weight<tf.Rank.R1>(model.base, `${name}.bias`);
  const modules = modulesOf(model.lora, name, w.shape[1], model.shape.lora.alpha);
  if (modules.length === 0) return linear(x, w, b, model.trainsBase === true);
  if (model.dropout) return withDroppedLora(linear(x, w, b, false), x, modules, model.dropout, name);
  return loraLinear(x, w, b, modules, isFirst && model.trainsBase !== true);
}

function norm(model: Gpt, name: string, x: tf.Tensor2D): tf.Tensor2D {
  const gain = weight<tf.Rank.R1>(model.base, `${name}.weight`);
  const bias = weight<tf.Rank.R1>(model.base, `${name}.bias`);
  return layerNorm(x, gain, bias, model.shape.config.layer_norm_epsilon, model.trainsBase === true);
}
