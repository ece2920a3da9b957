import type * as tf from '@tensorflow/tfjs';
import type { Stream } from '../../simulation/random/stream.js';
import { computed, valuesOf } from './backend.js';
import { packRows } from './batch.js';
import { runBlocks, type Attend, type Gpt } from './gpt.js';
import { KeyValueCache } from './key-value-cache.js';
import { kernels } from './kernels/index.js';
import { threadHeap } from './kernels/heap.js';
import { logits } from './log-probs.js';
import { readBlocks } from './read-states.js';
import { modulesOf } from './lora.js';
import { pythonModelOf, pythonResponses, type PythonModel } from './python/models.js';
import { drawToken, type Sampling } from './sampling.js';
import { greatest } from '../../extremes.js';

export interface GenerateOptions extends Sampling {
  readonly maxNewTokens: number;
  /**
   * One stream per prompt and one draw per token, so that a row does not depend on the others of its batch.
   */
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
  const { n_positions, eos_token_id } = model.shape.config;
  const responses = prompts.map((): number[] => []);
  const rooms = prompts.map(({ length }) =>
    Math.max(0, Math.min(options.maxNewTokens, n_positions - length)),
  );
  const python = pythonModelOf(model);
  if (python) return generateInPython(python, prompts, rooms, options);
  const open = prompts.map((_, row) => row).filter((row) => rooms[row]! > 0);
  if (open.length === 0) return responses.map(() => new Int32Array());
  withCache(model, greatest(open.map((row) => prompts[row]!.length + rooms[row]!)), open.length, (cache) =>
    computed(() => {
      const merged = mergeLora(model);
      let rows = open.map((_, place) => place);
      let scores = firstScores(
        merged,
        open.map((row) => prompts[row]!),
        cache,
      );
      for (;;) {
        const tokens = rows.map((place, i) => drawToken(scores[i]!, options, options.streams[open[place]!]!));
        rows.forEach((place, i) => responses[open[place]!]!.push(tokens[i]!));
        const goes = rows.map(
          (place, i) => tokens[i] !== eos_token_id && responses[open[place]!]!.length < rooms[open[place]!]!,
        );
        rows = rows.filter((_, i) => goes[i]);
        if (rows.length === 0) return;
        scores = nextScores(
          merged,
          tokens.filter((_, i) => goes[i]),
          rows,
          cache,
        );
      }
    }),
  );
  return responses.map((response) => Int32Array.from(response));
}

/** The same by a Python process, which is given the draws. */
function generateInPython(
  model: PythonModel,
  prompts: readonly Int32Array[],
  rooms: readonly number[],
  { streams, temperature, topK = 0, topP = 1 }: GenerateOptions,
): readonly Int32Array[] {
  if (topK !== 0 || topP !== 1) throw new RangeError('a Python process samples without topK and topP');
  const uniforms = rooms.map((room, row) =>
    Float64Array.from({ length: temperature === 0 ? 0 : room }, () => streams[row]!.uniform()),
  );
  return pythonResponses(model, packRows(prompts), { rooms, temperature, uniforms });
}

function withCache(
  { shape: { config } }: Gpt,
  capacity: number,
  rows: number,
  work: (cache: KeyValueCache) => void,
): void {
  const { n_layer: blocks, n_head: heads, n_embd: width } = config;
  const cache = new KeyValueCache(threadHeap(), { rows, capacity, blocks, heads, width });
  try {
    work(cache);
  } finally {
    cache.close();
  }
}

/** Scores of the token after each prompt; the cache's rows then hold the prompts. */
function firstScores(model: Gpt, prompts: readonly Int32Array[], cache: KeyValueCache): Float32Array[] {
  const batch = packRows(prompts);
  const ends = batch.offsets.subarray(1).map((end) => end - 1);
  const attend: Attend = (qkv, block) => cache.start(qkv, block, batch.offsets);
  const scores = scoresOf(model, () => readBlocks(model, batch, ends, attend));
  prompts.forEach((prompt, row) => (cache.lengths[row] = prompt.length));
  return scores;
}

/** Scores of the token after `tokens`, one for each of `rows`, which are added to the cache. */
function nextScores(
  model: Gpt,
  tokens: readonly number[],
  rows: readonly number[],
  cache: KeyValueCache,
): Float32Array[] {
  const positions = Int32Array.from(rows, (row) => cache.lengths[row]!);
  const attend: Attend = (qkv, block) => cache.next(qkv, block, rows);
  const scores = scoresOf(model, () => runBlocks(model, Int32Array.from(tokens), positions, attend));
  rows.forEach((row) => cache.lengths[row]!++);
  return scores;
}

function scoresOf(model: Gpt, hidden: () => tf.Tensor2D): Float32Array[] {
  return computed(() => {
    const scores = logits(model, hidden());
    const [rows, width] = scores.shape;
    const values = valuesOf(scores).slice();
    return Array.from({ length: rows }, (_, row) => values.subarray(row * width, (row + 1) * width));
  });
}

/**
 * The same model with LoRA added to its weights once, instead of at every token. Freed with the caller's
 * tidy.
 */
function mergeLora(model: Gpt): Gpt {
  const { lora, shape } = model;
  if (lora.length === 0) return model;
  const base = new Map(model.base);
  for (const [name, tensor] of model.base) {
    const modules = modulesOf(lora, name.replace(/\.weight$/, ''), tensor.shape[1] ?? 0, shape.lora.alpha);
    if (!name.endsWith('.weight') || modules.length === 0) continue;
    base.set(name, kernels().mergeLora(tensor as tf.Tensor2D, modules));
  }
  return { ...model, base, lora: [] };
}
