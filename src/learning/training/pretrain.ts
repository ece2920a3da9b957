import { setImmediate } from 'node:timers/promises';
import type { TokenTable } from '../data/token-table.js';
import { initialBase } from '../model/base.js';
import { packTargets, type PredictionBatch } from '../model/batch.js';
import type { ModelConfig } from '../model/config.js';
import type { Gpt } from '../model/gpt.js';
import { differentiate } from '../model/gradients.js';
import { withWeights } from '../model/weights.js';
import type { ParamSet } from '../params/param-set.js';
import { stream, type KeyPart } from '../../simulation/random/stream.js';
import { Adam, clipGlobalNorm } from './adam.js';
import { drawBatches, tableRow } from './batches.js';
import { responseLoss } from './token-loss.js';
import { noSlots } from '../model/slots.js';

export interface PretrainOptions {
  readonly config: ModelConfig;
  /** Whole rows are learned, prompt and response alike; none longer than n_positions + 1 tokens. */
  readonly rows: TokenTable;
  readonly steps: number;
  readonly batchSize: number;
  /** Adam's learning rate after `warmupSteps`; it then falls along a cosine to a tenth. */
  readonly learningRate: number;
  readonly warmupSteps: number;
  readonly maxGradientNorm: number;
  readonly seed: KeyPart;
  readonly onProgress?: (progress: PretrainProgress) => void;
  /** Stops between two steps, by an exception. */
  readonly signal?: AbortSignal;
}

export interface PretrainProgress {
  /** Steps done, from 1. */
  readonly step: number;
  readonly steps: number;
  /** Mean negative log-likelihood of a token of this step's batch (nats). */
  readonly loss: number;
}

/**
 * Trains a base model from scratch: all parameters, loss on every token of a row. Equal options give equal
 * bits on an equal backend, which must have been selected before.
 */
export async function pretrain(options: PretrainOptions): Promise<ParamSet> {
  const { config, rows, steps, seed } = options;
  const base = initialBase(config, stream(seed, 'initial'));
  const adam = new Adam(base.values, { learningRate: options.learningRate, beta2: 0.99 });
  const batches = drawBatches(rows.count, options.batchSize, seed, 'batches');
  for (let step = 0; step < steps; step++) {
    options.signal?.throwIfAborted();
    const batch = rowBatch(config, rows, batches.next().value, seed, step);
    const { loss, gradient } = lossOf(config, base, batch);
    clipGlobalNorm([gradient], options.maxGradientNorm);
    adam.step(gradient, learningRateAt(step, options));
    options.onProgress?.({ step: step + 1, steps, loss });
    await setImmediate();
  }
  return base;
}

/** Relative learning rate of a step: linear warm-up to 1, then a cosine down to 0.1. */
export function learningRateAt(
  step: number,
  { steps, warmupSteps }: { readonly steps: number; readonly warmupSteps: number },
): number {
  if (step < warmupSteps) return (step + 1) / (warmupSteps + 1);
  const progress = (step - warmupSteps) / Math.max(1, steps - warmupSteps);
  return 0.1 + 0.45 * (1 + Math.cos(Math.PI * progress));
}

function lossOf(config: ModelConfig, base: ParamSet, batch: PredictionBatch) {
  const none = { sites: [], bottleneck: 0 };
  const shape = { config, adapters: none, lora: { r: 1, alpha: 1, targets: [] } };
  return withWeights(base, (weights) => {
    const model: Gpt = { shape, base: weights, ...noSlots, trainsBase: true };
    return differentiate([...weights.values()], () => responseLoss(model, batch));
  });
}

/** Half of the rows start at a random position, so that every row of the position embedding is trained. */
function rowBatch(
  config: ModelConfig,
  table: TokenTable,
  indices: readonly number[],
  seed: KeyPart,
  step: number,
): PredictionBatch {
  const draws = stream(seed, 'positions', step);
  const rows = indices.map((index) => tableRow(table, index).tokens);
  const firstPositions = rows.map((row) => {
    const room = config.n_positions - (row.length - 1);
    return draws.uniform() < 0.5 ? 0 : draws.below(room + 1);
  });
  return packTargets(
    rows,
    rows.map(() => 1),
    firstPositions,
  );
}
