import type { ModelShape } from '../src/learning/model/model-shape.js';

/**
 * A model and a batch: rows of equal length, of which the tokens after `responseFrom` are to be predicted.
 */
export interface Size {
  readonly name: string;
  readonly blocks: number;
  readonly width: number;
  readonly heads: number;
  readonly vocabulary: number;
  readonly rows: number;
  readonly length: number;
  readonly responseFrom: number;
  /** Rank of LoRA on q, k and v of every block. */
  readonly rank: number;
  /** Width of the three adapters in each block. */
  readonly bottleneck: number;
}

const common = { rank: 8, bottleneck: 10 };

export const sizes: readonly Size[] = [
  {
    name: 'tiny',
    blocks: 4,
    width: 128,
    heads: 4,
    vocabulary: 512,
    rows: 16,
    length: 32,
    responseFrom: 16,
    ...common,
  },
  {
    name: 'mid',
    blocks: 6,
    width: 256,
    heads: 8,
    vocabulary: 2048,
    rows: 8,
    length: 64,
    responseFrom: 32,
    ...common,
  },
  {
    name: 'gpt2',
    blocks: 12,
    width: 768,
    heads: 12,
    vocabulary: 50257,
    rows: 2,
    length: 64,
    responseFrom: 32,
    ...common,
  },
];

export function tokensOf({ rows, length }: Size): number {
  return rows * length;
}

export function shapeOf(size: Size): ModelShape {
  return {
    config: {
      vocab_size: size.vocabulary,
      n_positions: 1024,
      n_embd: size.width,
      n_layer: size.blocks,
      n_head: size.heads,
      layer_norm_epsilon: 1e-5,
      eos_token_id: 0,
    },
    adapters: { sites: ['attention', 'mlp', 'parallel'], bottleneck: size.bottleneck },
    lora: { r: size.rank, alpha: 2 * size.rank, targets: ['q', 'k', 'v'] },
  };
}

/** A product (m, k) · (k, n) and how often a step takes it. */
export interface Product {
  readonly m: number;
  readonly k: number;
  readonly n: number;
  readonly count: number;
}

/**
 * The matrix products of one training step, forward and backward, without those inside attention: projections
 * and tied head of the frozen base (twice each), adapters and LoRA (with the gradients of their own
 * matrices).
 */
export function productsOf(size: Size): Product[] {
  const { blocks, width: c, vocabulary, rows, length, responseFrom, rank, bottleneck } = size;
  const all = rows * length;
  const chosen = rows * (length - responseFrom);
  const twice = (m: number, k: number, n: number, count: number) => [
    { m, k, n, count },
    { m, k: n, n: k, count },
  ];
  const thin = (m: number, r: number, count: number) => [
    { m, k: c, n: r, count: 2 * count },
    { m, k: r, n: c, count: 2 * count },
    { m: c, k: m, n: r, count },
    { m: r, k: m, n: c, count },
  ];
  const afterAttention = (m: number, count: number) => [
    ...twice(m, c, c, count),
    ...twice(m, c, 4 * c, count),
    ...twice(m, 4 * c, c, count),
    ...thin(m, bottleneck, 3 * count),
  ];
  return [
    ...twice(all, c, 3 * c, blocks),
    ...thin(all, rank, 3 * blocks),
    ...afterAttention(all, blocks - 1),
    ...afterAttention(chosen, 1),
    ...twice(chosen, c, vocabulary, 1),
  ];
}
