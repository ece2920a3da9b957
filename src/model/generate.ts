import * as tf from '@tensorflow/tfjs';
import type { Stream } from '../random/stream.js';
import { roundUp, softmax, weightedSum } from './attention.js';
import { computed, valuesOf } from './backend.js';
import { packRows } from './batch.js';
import type { ModelConfig } from './config.js';
import { runBlocks, type Attend, type Gpt } from './gpt.js';
import { adaptedWeight, hasLora } from './lora.js';
import { logits } from './log-probs.js';

export interface GenerateOptions {
  readonly maxNewTokens: number;
  /** Of sampling; 0 takes the likeliest token. */
  readonly temperature: number;
  /** One stream a prompt; one draw a token, so that a row does not depend on the others of its batch. */
  readonly streams: readonly Stream[];
}

/**
 * Samples a response to each prompt, token by token, over cached keys and values. A response ends with
 * end-of-text, which is its last token then, or where maxNewTokens or the model's positions end. Prompts must
 * not be empty.
 */
export function generate(
  model: Gpt,
  prompts: readonly Int32Array[],
  options: GenerateOptions,
): readonly Int32Array[] {
  return computed(() => {
    const merged = mergeLora(model);
    const { config } = model.shape;
    const responses = prompts.map((): number[] => []);
    const rooms = prompts.map((prompt) => Math.min(options.maxNewTokens, config.n_positions - prompt.length));
    const caches = prompts.map(
      (prompt, row) => new RowCache(config, prompt.length + Math.max(0, rooms[row]!)),
    );
    let rows = prompts.map((_, row) => row).filter((row) => rooms[row]! > 0);
    let inputs: readonly ArrayLike<number>[] = rows.map((row) => prompts[row]!);
    while (rows.length > 0) {
      const scores = nextScores(
        merged,
        rows.map((row) => caches[row]!),
        inputs,
      );
      const vocabulary = scores.length / rows.length;
      rows.forEach((row, i) => {
        const own = scores.subarray(i * vocabulary, (i + 1) * vocabulary);
        responses[row]!.push(sample(own, options.temperature, options.streams[row]!));
      });
      const last = (row: number) => responses[row]!.at(-1)!;
      rows = rows.filter((row) => last(row) !== config.eos_token_id && responses[row]!.length < rooms[row]!);
      inputs = rows.map((row) => [last(row)]);
    }
    return responses.map((response) => Int32Array.from(response));
  });
}

/**
 * Scores (B · V) of the token after each row, whose `inputs` come after what its cache holds; they are added
 * to it.
 */
function nextScores(
  model: Gpt,
  caches: readonly RowCache[],
  inputs: readonly ArrayLike<number>[],
): Float32Array {
  return computed(() => {
    const batch = packRows(
      inputs,
      caches.map(({ length }) => length),
    );
    const ends = batch.offsets.subarray(1).map((end) => end - 1);
    const attend: Attend = (qkv, block) => cachedAttention(qkv, block, batch.offsets, caches);
    const hidden = runBlocks(model, batch.ids, batch.positions, attend, ends);
    caches.forEach((cache, i) => (cache.length += inputs[i]!.length));
    return valuesOf(logits(model, hidden)).slice();
  });
}

/** Keys and values of one row, each block and head: keys transposed, (d, capacity), values (capacity, d). */
class RowCache {
  /** Tokens that went through every block. */
  length = 0;
  readonly capacity: number;
  readonly keys: readonly (readonly Float64Array[])[];
  readonly values: readonly (readonly Float64Array[])[];

  constructor({ n_layer, n_head, n_embd }: ModelConfig, tokens: number) {
    this.capacity = roundUp(tokens);
    const matrix = () => new Float64Array((this.capacity * n_embd) / n_head);
    const heads = () => Array.from({ length: n_head }, matrix);
    this.keys = Array.from({ length: n_layer }, heads);
    this.values = Array.from({ length: n_layer }, heads);
  }
}

/** As `causalAttention`, but every token also looks at what its row's cache holds of this block. */
function cachedAttention(
  qkv: tf.Tensor2D,
  block: number,
  offsets: Int32Array,
  caches: readonly RowCache[],
): tf.Tensor2D {
  const [tokens, triple] = qkv.shape;
  const output = new Float32Array((tokens * triple) / 3);
  const values = valuesOf(qkv);
  caches.forEach((cache, b) => {
    for (let n = offsets[b]!; n < offsets[b + 1]!; n++) {
      const own = values.subarray(n * triple, (n + 1) * triple);
      const to = output.subarray((n * triple) / 3, ((n + 1) * triple) / 3);
      attendOne(own, cache, block, cache.length + n - offsets[b]!, to);
    }
  });
  return tf.tensor2d(output, [tokens, triple / 3]);
}

/**
 * Adds one token's key and value (`qkv` is its 3C numbers) to the cache at `place` and looks at all up to
 * there.
 */
function attendOne(
  qkv: Float32Array,
  cache: RowCache,
  block: number,
  place: number,
  output: Float32Array,
): void {
  const { capacity } = cache;
  const width = output.length;
  const size = width / cache.keys[block]!.length;
  const query = new Float64Array(size);
  const scores = new Float64Array(capacity);
  const mixed = new Float64Array(size);
  cache.keys[block]!.forEach((keys, head) => {
    const values = cache.values[block]![head]!;
    const column = head * size;
    for (let c = 0; c < size; c++) {
      query[c] = qkv[column + c]!;
      keys[c * capacity + place] = qkv[width + column + c]!;
      values[place * size + c] = qkv[2 * width + column + c]!;
    }
    weightedSum(scores, 0, roundUp(place + 1), keys, 0, capacity, query, 0, size);
    softmax(scores, place + 1, 1 / Math.sqrt(size));
    weightedSum(mixed, 0, size, values, 0, size, scores, 0, place + 1);
    output.set(mixed, column);
  });
}

/** Inverse of the cumulative distribution softmax(scores / temperature) at one uniform draw. */
function sample(scores: Float32Array, temperature: number, stream: Stream): number {
  let best = 0;
  for (let v = 1; v < scores.length; v++) if (scores[v]! > scores[best]!) best = v;
  if (temperature === 0) return best;
  const weights = new Float64Array(scores.length);
  let total = 0;
  for (let v = 0; v < scores.length; v++) {
    weights[v] = Math.exp((scores[v]! - scores[best]!) / temperature);
    total += weights[v]!;
  }
  let rest = stream.uniform() * total;
  for (let v = 0; v < weights.length; v++) {
    rest -= weights[v]!;
    if (rest < 0) return v;
  }
  return best;
}

/**
 * The same model with LoRA added to the weights once, instead of at every token. Freed with the caller's
 * tidy.
 */
function mergeLora(model: Gpt): Gpt {
  if (model.lora === null) return model;
  const base = new Map(model.base);
  for (const [name, tensor] of model.base) {
    const projection = name.replace(/\.weight$/, '');
    if (!name.endsWith('.weight') || !hasLora(model.lora, projection)) continue;
    base.set(name, adaptedWeight(tensor as tf.Tensor2D, model.lora, projection, model.shape.lora));
  }
  return { ...model, base: base, lora: null };
}
