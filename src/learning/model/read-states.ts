import * as tf from '@tensorflow/tfjs';
import type { Batch } from './batch.js';
import { runBlocks, type Attend, type Gpt } from './gpt.js';
import { kernels } from './kernels/index.js';
import { attention } from './layers.js';
import { pythonModelOf, readPythonStates } from './python/models.js';
import { sharedPrefixes } from './shared-prefixes.js';

/**
 * `hiddenStates` of the tokens `at`, (M, C), outside of training: no gradient is taken through them, and what rows
 * have in common at their beginning is computed once. The WebAssembly backend computes each row of a product by
 * itself, so that its figures are equal to the bit.
 */
export function readStates(model: Gpt, batch: Batch, at: Int32Array): tf.Tensor2D {
  const python = pythonModelOf(model);
  if (python) return readPythonStates(python, batch, at);
  const layout = { offsets: batch.offsets, heads: model.shape.config.n_head, causal: true };
  return readBlocks(model, batch, at, (qkv) => attention(qkv, layout));
}

/** The same around any attention among whole packed rows. */
export function readBlocks(model: Gpt, batch: Batch, at: Int32Array, attend: Attend): tf.Tensor2D {
  const { ids, positions, firsts, places } = sharedPrefixes(batch);
  if (ids.length === places.length) return runBlocks(model, ids, positions, attend, at);
  const attendEverywhere: Attend = (qkv, block) =>
    tf.tidy(() => rowsOf(attend(rowsOf(qkv, places), block), firsts));
  const wanted = at.map((n) => places[n]!);
  const distinct = Int32Array.from(new Set(wanted)).sort();
  const states = runBlocks(model, ids, positions, attendEverywhere, distinct);
  const indices = new Map([...distinct].map((place, index) => [place, index]));
  return rowsOf(
    states,
    wanted.map((place) => indices.get(place)!),
  );
}

function rowsOf(x: tf.Tensor2D, at: Int32Array): tf.Tensor2D {
  return kernels().gatherRows(x, at);
}
