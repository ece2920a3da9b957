import { objectives, perObjective, type Objective, type Weights } from '../objective.js';
import { meanTokens, type TokenTable } from '../data/token-table.js';
import { forwardFlops, trainingFlops } from '../model/flops.js';
import { rewardForwardFlops, rewardTrainingFlops } from '../model/reward-flops.js';
import { featureWidth } from '../model/reward-model.js';
import type { Alignment } from '../training/algorithms/settings.js';
import { pairPlan } from '../training/dpo/pair-plan.js';
import type { ModelShape } from '../model/model-shape.js';
import type { Reward } from '../training/reward-models/settings.js';
import type { Instruction } from '../training/settings.js';
import type { ClientTables } from './population.js';

/*
 * Floating-point operations of each kind of task, for the device model: what a device would spend on what the
 * task in src/learning/training computes, which is neither what this machine spends nor a measurement.
 */

/** What of a scenario says how much there is to train. */
export interface Stages {
  readonly instruction: Instruction;
  readonly reward: Reward;
  readonly alignment: Alignment;
}

/** Step 1.3, for a client that trains so many parameters of adapters and LoRA. */
export function instructFlops(
  scenario: Stages,
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
 * Step 2.3 of the reward models that the method has. A head's features of every pair are computed once, and the
 * head does not count beside them; a pre-trained network that is trained whole reads each batch anew, and then the
 * validation pairs.
 */
export function rewardFlops(
  scenario: Stages,
  shape: ModelShape,
  tables: ClientTables,
  rewards: readonly Objective[],
): number {
  const pairs = rewards.map((objective) => tables.pairs[objective]);
  const { localSteps, batchSize, model } = scenario.reward;
  if (!shape.reward || model.train === 'head') {
    return pairFlops(
      shape,
      pairs.flatMap(({ train, validation }) => [train, validation]),
    );
  }
  const rows = 2 * localSteps * batchSize;
  const trained = rows * pairs.reduce((tokens, { train }) => tokens + meanTokens(train), 0);
  const validations = pairs.map(({ validation }) => validation);
  return rewardTrainingFlops(shape.reward, trained) + pairFlops(shape, validations);
}

/** Scoring tables of pairs. */
export function pairFlops(shape: ModelShape, tables: readonly TokenTable[]): number {
  const { reward } = shape;
  if (!reward) return evaluateFlops(shape, tables);
  const tokens = tables.reduce((sum, table) => sum + table.count * meanTokens(table), 0);
  return rewardForwardFlops(reward, tokens);
}

/** Tokens of so many prompts with their responses, each as long as it may get. */
function sampledTokens({ alignment }: Stages, prompts: TokenTable, count: number): number {
  return count * (meanTokens(prompts) + alignment.maxNewTokens);
}

/**
 * The reward models read so many tokens that the policy wrote: one pass for the features, or the pre-trained
 * networks: each of them, or the one that heads share (src/learning/training/reward-models).
 */
function scoringFlops(
  { reward }: Stages,
  shape: ModelShape,
  { length }: readonly Objective[],
  tokens: number,
): number {
  if (!shape.reward) return forwardFlops(shape, tokens);
  const passes = reward.model.train === 'head' ? 1 : length;
  return passes * rewardForwardFlops(shape.reward, tokens);
}

/**
 * Step 3.1 (src/learning/training/freeze.ts): sampling `count` responses, judging them, and warming up the critics:
 * the pass for what they read, where DistilBERTs are the reward models, and steps on minibatches.
 */
export function freezeFlops(
  scenario: Stages,
  shape: ModelShape,
  rewards: readonly Objective[],
  prompts: TokenTable,
  count: number,
): number {
  const { criticWarmupSteps, minibatchSize, maxNewTokens } = scenario.alignment;
  const judged = judgedFlops(scenario, shape, rewards, prompts, count);
  if (criticWarmupSteps === 0) return judged;
  const states = statesFlops(shape, sampledTokens(scenario, prompts, count));
  const step = criticFlops({ scenario, shape, rewards }).step * minibatchSize * maxNewTokens;
  return judged + states + criticWarmupSteps * step;
}

/** Sampling `count` responses, one pass, and judging them. */
function judgedFlops(
  scenario: Stages,
  shape: ModelShape,
  rewards: readonly Objective[],
  prompts: TokenTable,
  count: number,
): number {
  const tokens = sampledTokens(scenario, prompts, count);
  return forwardFlops(shape, tokens) + scoringFlops(scenario, shape, rewards, tokens);
}

/** What critics read of so many tokens: what other reward models than DistilBERTs have read already. */
function statesFlops(shape: ModelShape, tokens: number): number {
  return shape.reward?.kind === 'distilbert' ? forwardFlops(shape, tokens) : 0;
}

/**
 * The same with log-probabilities under policy and reference: a pass of each
 * (src/learning/training/score.ts).
 */
export function scoreFlops(
  scenario: Stages,
  shape: ModelShape,
  rewards: readonly Objective[],
  prompts: TokenTable,
  count: number,
): number {
  const tokens = sampledTokens(scenario, prompts, count);
  return judgedFlops(scenario, shape, rewards, prompts, count) + 2 * forwardFlops(shape, tokens);
}

/** What Steps 3.2 and 3.3 are for one client. */
export interface AlignWork {
  readonly scenario: Stages;
  readonly shape: ModelShape;
  /** Numbers of adapters and LoRA that the client trains. */
  readonly trained: number;
  readonly tables: ClientTables;
  /** The reward models that the method has. */
  readonly rewards: readonly Objective[];
  /** The weights that the client trains by. */
  readonly weights: Weights;
}

/** Steps 3.2 and 3.3 by the scenario's algorithm. */
export function alignFlops(work: AlignWork): number {
  return alignedBy[work.scenario.alignment.algorithm](work);
}

const alignedBy: Readonly<Record<Alignment['algorithm'], (work: AlignWork) => number>> = {
  ppo: ppoFlops,
  'rewarded-soups': (work) =>
    objectives.filter((objective) => work.weights[objective] > 0).length * ppoFlops(work),
  modpo: pairTuningFlops,
};

/**
 * src/learning/training/algorithms/ppo.ts: the responses observed, then `ppoEpochs` passes of training policy and
 * critics over the responses, and as many rows rehearsed as the steps have. A round that `targetKl` stops early counts
 * as a whole one: it is not known before.
 */
function ppoFlops(work: AlignWork): number {
  const { scenario, shape, trained, tables } = work;
  const { promptsPerRound, maxNewTokens, ppoEpochs, minibatchSize, ptxCoefficient } = scenario.alignment;
  const steps = ppoEpochs * Math.ceil(promptsPerRound / minibatchSize);
  const rehearsed = ptxCoefficient === 0 ? 0 : steps * minibatchSize * meanTokens(tables.benign);
  const critics = criticFlops(work);
  const sampled = promptsPerRound * maxNewTokens;
  return (
    observeFlops(work) +
    ppoEpochs * trainingFlops(shape, trained, sampledTokens(scenario, tables.prompts, promptsPerRound)) +
    ppoEpochs * critics.step * sampled +
    trainingFlops(shape, trained, rehearsed)
  );
}

/**
 * src/learning/training/observe.ts: what scoring takes, a pass for the entropies, and both critics' values,
 * which take a pass for the features where DistilBERTs are the reward models; others have read the states
 * already.
 */
function observeFlops(work: AlignWork): number {
  const { scenario, shape, rewards, tables } = work;
  const { promptsPerRound, maxNewTokens } = scenario.alignment;
  const tokens = sampledTokens(scenario, tables.prompts, promptsPerRound);
  return (
    scoreFlops(scenario, shape, rewards, tables.prompts, promptsPerRound) +
    forwardFlops(shape, tokens) +
    statesFlops(shape, tokens) +
    criticFlops(work).read * promptsPerRound * maxNewTokens
  );
}

/**
 * Operations of the critics, one for each reward model of the method, on the features before one response token: to
 * read their values, and to take a step (src/learning/training/head-trainer.ts), where the features need no gradient.
 */
function criticFlops({
  scenario: { reward },
  shape,
  rewards,
}: Pick<AlignWork, 'scenario' | 'shape' | 'rewards'>): { read: number; step: number } {
  const [first, last] =
    shape.reward?.kind === 'gpt2'
      ? [shape.reward.config.n_embd, 0]
      : [featureWidth(shape.config) * reward.hidden, reward.hidden];
  return { read: rewards.length * 2 * (first + last), step: rewards.length * (4 * first + 6 * last) };
}

/**
 * src/learning/training/algorithms/modpo.ts: training on pairs. The reference policy and the reward models
 * read once each pair that a round draws. Nothing is sampled, and there is no critic.
 */
function pairTuningFlops({ scenario, shape, trained, tables, weights, rewards }: AlignWork): number {
  const { alignment } = scenario;
  const pairs = tables.policyPairs;
  const counts = perObjective((objective) => pairs[objective].count / 2);
  const plan = pairPlan(alignment, weights, counts);
  return plan.objectives.reduce((flops, objective) => {
    const drawn = plan.steps * plan.pairsEach;
    const each = 2 * meanTokens(pairs[objective]);
    const read = each * Math.min(drawn, counts[objective]);
    const scored = scoringFlops(scenario, shape, rewards, read);
    return flops + trainingFlops(shape, trained, each * drawn) + forwardFlops(shape, read) + scored;
  }, 0);
}
