import type { TokenTable } from '../data/token-table.js';
import { columns, column } from '../data/token-table.js';
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

export function instructFlops(scenario: Scenario, shape: ModelShape, tables: ClientTables): number {
  const { localSteps, batchSize } = scenario.instruction;
  const trained = localSteps * batchSize * meanTokens(tables.train);
  return trainingFlops(shape, trained) + evaluateFlops(shape, [tables.validation]);
}

export function evaluateFlops(shape: ModelShape, tables: readonly TokenTable[]): number {
  return tables.reduce((flops, table) => flops + forwardFlops(shape, table.count * meanTokens(table)), 0);
}

/** Step 2.3: the features of every pair once; the small network on top does not count beside them. */
export function rewardFlops(shape: ModelShape, tables: ClientTables): number {
  return evaluateFlops(shape, [
    tables.helpfulTrain,
    tables.helpfulTest,
    tables.harmlessTrain,
    tables.harmlessTest,
  ]);
}

/**
 * Sampling `prompts` responses and scoring them: a pass through the policy, the reference and the reward
 * features.
 */
export function sampleFlops(
  shape: ModelShape,
  prompts: TokenTable,
  count: number,
  newTokens: number,
): number {
  return 3 * forwardFlops(shape, count * (meanTokens(prompts) + newTokens));
}

/** Step 3.3: sampling and scoring, then `ppoEpochs` passes of training over the responses. */
export function alignFlops(scenario: Scenario, shape: ModelShape, tables: ClientTables): number {
  const { promptsPerRound, maxNewTokens, ppoEpochs } = scenario.alignment;
  const tokens = promptsPerRound * (meanTokens(tables.prompts) + maxNewTokens);
  return (
    sampleFlops(shape, tables.prompts, promptsPerRound, maxNewTokens) +
    ppoEpochs * trainingFlops(shape, tokens)
  );
}
