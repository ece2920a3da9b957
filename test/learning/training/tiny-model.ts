import { createHash } from 'node:crypto';
import { initialAdapters } from '../../../src/learning/model/adapters.js';
import { initialLora } from '../../../src/learning/model/lora.js';
import { featureWidth, initialRewardModel } from '../../../src/learning/model/reward-model.js';
import { column, columns, type TokenTable } from '../../../src/learning/data/token-table.js';
import { paramSet, sizeOf, type ParamSet } from '../../../src/learning/params/param-set.js';
import { stream } from '../../../src/simulation/random/stream.js';
import type { ModelShape } from '../../../src/learning/model/model-shape.js';

/** A model small enough to be trained many times in a test. Token 11 is end-of-text. */
export const tinyShape: ModelShape = {
  config: {
    vocab_size: 12,
    n_positions: 16,
    n_embd: 16,
    n_layer: 1,
    n_head: 2,
    layer_norm_epsilon: 1e-5,
    eos_token_id: 11,
  },
  adapters: { sites: ['attention', 'mlp', 'parallel'], bottleneck: 4 },
  lora: { r: 2, alpha: 4, targets: ['q', 'k', 'v'] },
};

const { vocab_size: vocabulary, n_positions: positions, n_embd: width, n_layer: blocks } = tinyShape.config;

/**
 * A base model of normal draws, with token v's embedding 2 along axis v and positions' of deviation 0.7, so
 * that the tokens can be told apart and none is certain; a LayerNorm's gain is 1, every bias 0.
 */
export function tinyBase(): ParamSet {
  const draws = stream('tiny base');
  const normals = (deviation: number, ...shape: number[]) =>
    Float32Array.from({ length: sizeOf(shape) }, () => deviation * draws.normal());
  const tensor = (name: string, ...shape: number[]) => ({ name, shape, values: normals(0.1, ...shape) });
  const embedding = tensor('wte.weight', vocabulary, width);
  for (let token = 0; token < vocabulary; token++) embedding.values[token * width + token]! += 2;
  const projection = (name: string, inputs: number, outputs: number) => [
    tensor(`${name}.weight`, inputs, outputs),
    { name: `${name}.bias`, shape: [outputs], values: new Float32Array(outputs) },
  ];
  const norm = (name: string) => [
    { name: `${name}.weight`, shape: [width], values: new Float32Array(width).fill(1) },
    { name: `${name}.bias`, shape: [width], values: new Float32Array(width) },
  ];
  return paramSet('base', [
    embedding,
    { name: 'wpe.weight', shape: [positions, width], values: normals(0.7, positions, width) },
    ...Array.from({ length: blocks }, (_, block) => [
      ...norm(`h.${block}.ln_1`),
      ...projection(`h.${block}.attn.c_attn`, width, 3 * width),
      ...projection(`h.${block}.attn.c_proj`, width, width),
      ...norm(`h.${block}.ln_2`),
      ...projection(`h.${block}.mlp.c_fc`, width, 4 * width),
      ...projection(`h.${block}.mlp.c_proj`, 4 * width, width),
    ]).flat(),
    ...norm('ln_f'),
  ]);
}

export const tinyAdapters = (): ParamSet => initialAdapters(tinyShape, stream('tiny adapters'));
export const tinyLora = (): ParamSet => initialLora(tinyShape, 3, stream('tiny LoRA'));

export function tinyReward(name: string, hidden = 16): ParamSet {
  return initialRewardModel(featureWidth(tinyShape.config), hidden, stream('tiny reward', name));
}

/** A table of rows, each given as its prompt and its response (end-of-text included where it has one). */
export function tableOf(
  rows: readonly (readonly [prompt: readonly number[], response: readonly number[]])[],
): TokenTable {
  const tokens = Int32Array.from(rows.flat(2));
  const bounds = new Int32Array(rows.length * columns);
  let offset = 0;
  rows.forEach(([prompt, response], row) => {
    const [first, end] = [offset + prompt.length, offset + prompt.length + response.length];
    bounds[row * columns + column.start] = offset;
    bounds[row * columns + column.response] = first;
    bounds[row * columns + column.contentStart] = first;
    bounds[row * columns + column.contentEnd] = end;
    bounds[row * columns + column.end] = end;
    offset = end;
  });
  const hash = createHash('sha256').update(JSON.stringify(rows)).digest('hex');
  return { hash, count: rows.length, tokens, rows: bounds };
}

export const emptyTable = tableOf([]);
