import type { TokenTable } from '../data/token-table.js';
import { objectives } from '../data/types.js';
import { columns, column } from '../data/token-table.js';
import { distilBertForwardFlops, distilBertTrainingFlops } from '../model/distilbert-flops.js';
import { forwardFlops, trainingFlops } from '../model/flops.js';
import type { Scenario } from '../scenario/schema.js';
import { pairPlan } from '../training/dpo/pair-plan.js';
import type { ModelShape } from '../training/task.js';
import type { ClientTables } from './population.js';
import type { Weights } from './preferences.js';

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

/** What Step 3.3 is for one client. */
interface AlignWork {
  readonly scenario: Scenario;
  readonly shape: ModelShape;
  /** Numbers of adapters and LoRA that the client trains. */
  readonly trained: number;
  readonly tables: ClientTables;
  readonly weights: Weights;
}

/**
 * Step 3.3 by the scenario's algorithm, for a client that trains so many parameters of adapters and LoRA with
 * so much weight on each objective.
 */
export function alignFlops(
  scenario: Scenario,
  shape: ModelShape,
  trained: number,
  tables: ClientTables,
  weights: Weights,
): number {
  return alignedBy[scenario.alignment.algorithm]({ scenario, shape, trained, tables, weights });
}

const alignedBy: Readonly<Record<Scenario['alignment']['algorithm'], (work: AlignWork) => number>> = {
  ppo: ppoFlops,
  'rewarded-soups': (work) =>
    objectives.filter((objective) => work.weights[objective] > 0).length * ppoFlops(work),
  modpo: pairTuningFlops,
};

/** Sampling and scoring, then `ppoEpochs` passes of training over the responses, and the rehearsal beside them. */
function ppoFlops({ scenario, shape, trained, tables }: AlignWork): number {
  const { promptsPerRound, maxNewTokens, ppoEpochs, minibatchSize, ptxCoefficient } = scenario.alignment;
  const tokens = promptsPerRound * (meanTokens(tables.prompts) + maxNewTokens);
  const steps = ppoEpochs * Math.ceil(promptsPerRound / minibatchSize);
  const rehearsed = ptxCoefficient === 0 ? 0 : steps * minibatchSize * meanTokens(tables.benign);
  return (
    sampleFlops(scenario, shape, tables.prompts, promptsPerRound) +
    ppoEpochs * trainingFlops(shape, trained, tokens) +
    trainingFlops(shape, trained, rehearsed)
  );
}

/**
 * Training on pairs, of which the reference policy and the reward models read each one once that a round
 * draws: a pass through the reference, another for the reward features, or through the DistilBERTs after it.
 */
function pairTuningFlops({ scenario, shape, trained, tables, weights }: AlignWork): number {
  const { alignment, reward } = scenario;
  const pairs = { helpful: tables.helpfulPairs, harmless: tables.harmlessPairs };
  const counts = { helpful: pairs.helpful.count / 2, harmless: pairs.harmless.count / 2 };
  const plan = pairPlan(alignment, weights, counts);
  const judges = reward.model.train === 'head' ? 1 : 2;
  return plan.objectives.reduce((flops, objective) => {
    const drawn = plan.steps * plan.pairsEach;
    const each = 2 * meanTokens(pairs[objective]);
    const read = each * Math.min(drawn, counts[objective]);
    const judged = shape.reward
      ? judges * distilBertForwardFlops(shape.reward.config, read)
      : forwardFlops(shape, read);
    return flops + trainingFlops(shape, trained, each * drawn) + forwardFlops(shape, read) + judged;
  }, 0);
}
