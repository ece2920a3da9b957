import type { TokenTable } from '../data/token-table.js';
import { columns, column } from '../data/token-table.js';
import { distilBertForwardFlops, distilBertTrainingFlops } from '../model/distilbert-flops.js';
import { forwardFlops, trainingFlops } from '../model/flops.js';
import type { Scenario } from '../scenario/schema.js';
import type { ModelShape } from '../training/task.js';
import type { ClientTables } from './population.js';

/*
 * Floating-point operations of each kind of task, for the device model: what a device would spend, which is
 * neither what this machine spends nor a measurement.
 */

/** Mean tokens of a row. */
function meanTokens({ rows, count }: TokenTable): number {
  let tokens = 0;
  for (let row = 0; row < count; row++) {
    tokens += rows[row * columns + column.end]! - rows[row * columns + column.start]!;
  }
  return count === 0 ? 0 : tokens / count;
}

/** Step 1.3, for a client that trains so many parameters of adapters and LoRA. */
export function instructFlops(
  scenario: Scenario,
  shape: ModelShape,
  trained: number,
  tables: ClientTables,
): number {
  const { localSteps, batchSize } = scenario.instruction;
  const tokens = localSteps * batchSize * meanTokens(tables.train);
  return trainingFlops(shape, trained, tokens) + evaluateFlops(shape, [tables.validation]);
}

export function evaluateFlops(shape: ModelShape, tables: readonly TokenTable[]): number {
  return tables.reduce((flops, table) => flops + forwardFlops(shape, table.count * meanTokens(table)), 0);
}

/**
 * Step 2.3. A head's features of every pair are computed once, and the head does not count beside them; a
 * DistilBERT that is trained whole reads each batch anew, and then the held-out pairs.
 */
export function rewardFlops(scenario: Scenario, shape: ModelShape, tables: ClientTables): number {
  const { helpfulTrain, helpfulTest, harmlessTrain, harmlessTest } = tables;
  const { localSteps, batchSize, model } = scenario.reward;
  if (!shape.reward || model.train === 'head') {
    return pairFlops(shape, [helpfulTrain, helpfulTest, harmlessTrain, harmlessTest]);
  }
  const rows = 2 * localSteps * batchSize;
  const trained = rows * (meanTokens(helpfulTrain) + meanTokens(harmlessTrain));
  return (
    distilBertTrainingFlops(shape.reward.config, trained) + pairFlops(shape, [helpfulTest, harmlessTest])
  );
}

/** Scoring tables of pairs. */
export function pairFlops(shape: ModelShape, tables: readonly TokenTable[]): number {
  const { reward } = shape;
  if (!reward) return evaluateFlops(shape, tables);
  const tokens = tables.reduce((sum, table) => sum + table.count * meanTokens(table), 0);
  return distilBertForwardFlops(reward.config, tokens);
}

/**
 * Sampling `prompts` responses and scoring them: a pass through the policy, the reference and the reward
 * features, and through the DistilBERTs where these are the reward models: two, or the one that heads share.
 */
export function sampleFlops(
  scenario: Scenario,
  shape: ModelShape,
  prompts: TokenTable,
  count: number,
): number {
  const { alignment, reward } = scenario;
  const tokens = count * (meanTokens(prompts) + alignment.maxNewTokens);
  const judges = reward.model.train === 'head' ? 1 : 2;
  const judged = shape.reward ? judges * distilBertForwardFlops(shape.reward.config, tokens) : 0;
  return 3 * forwardFlops(shape, tokens) + judged;
}

/**
 * Step 3.3, for a client that trains so many parameters of adapters and LoRA: sampling and scoring, then
 * `ppoEpochs` passes of training over the responses.
 */
export function alignFlops(
  scenario: Scenario,
  shape: ModelShape,
  trained: number,
  tables: ClientTables,
): number {
  const { promptsPerRound, maxNewTokens, ppoEpochs } = scenario.alignment;
  const tokens = promptsPerRound * (meanTokens(tables.prompts) + maxNewTokens);
  return (
    sampleFlops(scenario, shape, tables.prompts, promptsPerRound) +
    ppoEpochs * trainingFlops(shape, trained, tokens)
  );
}
