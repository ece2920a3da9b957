/**
 * How the embedded model was made. `pwff pretrain` gives equal bits each time on an equal backend, version and corpus.
 */
export const embeddedRecipe = {
  steps: 10_000,
  seed: 1,
  rows: 96_000,
  tokenizerRows: 8_000,
  batchSize: 32,
  learningRate: 3e-3,
  warmupSteps: 100,
  maxGradientNorm: 1,
} as const;

/** The form of the embedded model: GPT-2's architecture, 0.4 million parameters. */
export const embeddedShape = {
  vocab_size: 512,
  n_positions: 256,
  n_embd: 96,
  n_layer: 3,
  n_head: 4,
  layer_norm_epsilon: 1e-5,
} as const;
