import { meanOrNull } from '../../../moments.js';
import { objectives, perObjective, type Objective, type PerObjective } from '../../objective.js';
import { lossAndGradients, scalarLoss } from '../../model/gradients.js';
import type { Gpt } from '../../model/gpt.js';
import type { TunedSets } from '../../model/slots.js';
import type { Answer } from '../../model/reward-features.js';
import { baseWeights } from '../../model/weights.js';
import { drawBatches, tableRow } from '../batches.js';
import { modpoLoss, type ModpoLoss, type ModpoTerms } from '../dpo/modpo-loss.js';
import { pairPlan, type PairPlan } from '../dpo/pair-plan.js';
import { pairDifferences, responseSums, tokenGradient } from '../dpo/responses.js';
import { derived, type Figure } from '../figure.js';
import { copiesOf } from '../instruct.js';
import { Optimizers } from '../optimizers.js';
import { inPhases, type RunningPhase } from '../phase.js';
import { workOf } from '../policy-work.js';
import { rewardModels } from '../reward-models/index.js';
import type { RewardModels } from '../reward-models/reward-models.js';
import { concatenated, lengthOf, readLogProbs, responseLogProbs, withPolicy } from '../rollout.js';
import type { AlignHyper, TaskFunction, TaskRequest } from '../task.js';

/** A preference pair of one objective, with what does not change while the policy is trained. */
interface Pair {
  readonly chosen: Answer;
  readonly rejected: Answer;
  /** log π_ref of chosen and of rejected, nats. */
  readonly referenceLogProb: readonly [chosen: number, rejected: number];
  /** The other objective's standardised reward of chosen less that of rejected, times its weight. */
  readonly margin: number;
}

/** The pairs of one step, by objective; none of an objective that is left out. */
type StepPairs = PerObjective<readonly Pair[]>;

/**
 * Multi-objective direct preference optimization (Zhou et al. 2024): adapters and LoRA are tuned on the
 * client's preference pairs of both objectives, without sampling and without critics, which come back as they
 * went in. The loss of a step is the mean by the client's weights of `modpoLoss` on each objective's pairs;
 * an objective of weight below `smallestWeight` (src/learning/training/dpo/pair-plan.ts) counts by its reward model
 * alone. The paper trains on one objective's pairs and takes all others by reward models; the optimum is the
 * same.
 *
 * Log-probabilities are those at the temperature of sampling: the policy that is tied to the reference is the
 * one that answers.
 *
 * Metrics have the names of TRL's DPOTrainer: `rewards/…` is β log π/π_ref, means over all pairs that were
 * read, before each step. `loss`, which the upload reports, is that of the steps. Nothing is known here of
 * `objective/…`, which needs samples. Without any pairs the policy stays and every figure is null.
 */
export const modpo: TaskFunction<'align'> = async (request) => {
  const { hyper, params, data } = request;
  const counts = perObjective((objective) => data.pairs[objective].count / 2);
  const plan = pairPlan(hyper, hyper.weights, counts);
  const steps = pairsOfSteps(request, plan, await rewardModels(request));
  const optimizers = new Optimizers(hyper.optimizers, params.moments);
  const { results, ...improved } = improve(request, steps, optimizers);
  return {
    output: { ...improved, critics: params.critics, ...optimizers.left },
    metrics: metricsOf(results, hyper.dpoBeta),
  };
};

/** Draws the pairs of every step, and reads reference and margins of each pair once. */
function pairsOfSteps(request: TaskRequest<'align'>, plan: PairPlan, models: RewardModels): StepPairs[] {
  if (plan.objectives.length === 0) return [];
  const drawn = perObjective((objective) => {
    if (!plan.objectives.includes(objective)) return [];
    const table = request.data.pairs[objective];
    const batches = drawBatches(table.count / 2, plan.pairsEach, request.seed, 'pairs', objective);
    const indices = Array.from({ length: plan.steps }, () => batches.next().value);
    const distinct = [...new Set(indices.flat())].sort((a, b) => a - b);
    const read = readPairs(request, distinct, objective, models);
    const pairs = new Map(distinct.map((index, at) => [index, read[at]!]));
    return indices.map((batch) => batch.map((index) => pairs.get(index)!));
  });
  return Array.from({ length: plan.steps }, (_, step) =>
    perObjective((objective) => drawn[objective][step] ?? []),
  );
}

function readPairs(
  { model, params, hyper, data }: TaskRequest<'align'>,
  indices: readonly number[],
  objective: Objective,
  models: RewardModels,
): Pair[] {
  const table = data.pairs[objective];
  const answers = indices.flatMap((index) => [tableRow(table, 2 * index), tableRow(table, 2 * index + 1)]);
  const tokens = withPolicy(model, params.base, params.reference, (reference) =>
    readLogProbs(reference, answers, hyper.temperature),
  );
  const referenceLogProb = responseSums(concatenated(tokens), answers.map(lengthOf));
  const other = objectives.find((name) => name !== objective)!;
  const margins = pairDifferences(models.scoresOfAnswers(answers)[other]);
  return indices.map((_, i) => ({
    chosen: answers[2 * i]!,
    rejected: answers[2 * i + 1]!,
    referenceLogProb: [referenceLogProb[2 * i]!, referenceLogProb[2 * i + 1]!],
    margin: (hyper.weights[other] * margins[i]!) / hyper.scale[other].std,
  }));
}

/** What a step found on one objective's pairs, before it changed the policy. */
interface ObjectiveLoss extends ModpoLoss {
  /** log π and log π/π_ref of the responses, chosen and rejected in turn, nats. */
  readonly logProbs: Float64Array;
  readonly logRatios: Float64Array;
}

interface StepResult {
  readonly loss: number;
  readonly losses: Partial<PerObjective<ObjectiveLoss>>;
}

/** One Adam step of adapters and LoRA for each step's pairs. */
function improve(
  request: TaskRequest<'align'>,
  steps: readonly StepPairs[],
  optimizers: Optimizers,
): { tuned: TunedSets; state?: TunedSets; results: readonly StepResult[] } {
  const tuned = copiesOf(request.params.tuned);
  let results: readonly StepResult[] = [];
  const work = workOf(request, tuned, optimizers);
  const { state, sent } = inPhases(request.hyper.phases, work, (phase) => {
    results = steps.map((pairs) => stepOn(pairs, request, tuned, phase));
  });
  return { tuned: { ...tuned, ...sent }, ...(state && { state }), results };
}

function stepOn(
  pairs: StepPairs,
  { params, hyper }: TaskRequest<'align'>,
  tuned: TunedSets,
  { shape, trains, optimize }: RunningPhase,
): StepResult {
  const answers = objectives.flatMap((objective) =>
    pairs[objective].flatMap(({ chosen, rejected }) => [chosen, rejected]),
  );
  let result: StepResult | undefined;
  const loss = (policy: Gpt) =>
    scalarLoss(responseLogProbs(policy, answers, hyper.temperature), (logProb) => {
      const { gradient, ...found } = stepLoss(logProb, pairs, hyper);
      result = found;
      return { value: found.loss, gradient };
    });
  const { gradients } = lossAndGradients(shape, baseWeights(params.base), tuned, loss, trains);
  optimize(gradients);
  return result!;
}

/**
 * Σ w_k L_k / Σ w_k over the objectives whose pairs are in the step, with its gradient with respect to the
 * tokens' log-probabilities, which stand objective by objective, pair by pair, chosen and rejected in turn.
 */
function stepLoss(
  logProb: Float32Array,
  pairs: StepPairs,
  { dpoBeta: beta, scale, weights }: AlignHyper,
): StepResult & { readonly gradient: Float32Array } {
  const read = objectives.filter((objective) => pairs[objective].length > 0);
  const total = read.reduce((sum, objective) => sum + weights[objective], 0);
  const gradients: Float32Array[] = [];
  const losses: Partial<Record<Objective, ObjectiveLoss>> = {};
  let [loss, start] = [0, 0];
  for (const objective of read) {
    const own = pairs[objective];
    const terms = { beta, weight: weights[objective], rewardStd: scale[objective].std };
    const lengths = own.flatMap(({ chosen, rejected }) => [lengthOf(chosen), lengthOf(rejected)]);
    const found = objectiveLoss(responseSums(logProb.subarray(start), lengths), own, terms);
    const share = weights[objective] / total;
    const shared = found.gradient.map((value) => share * value);
    gradients.push(tokenGradient(shared, lengths));
    losses[objective] = found;
    loss += share * found.loss;
    start += gradients.at(-1)!.length;
  }
  return { loss, losses, gradient: concatenated(gradients) };
}

/** One objective's pairs by the log-probabilities that the policy gives their responses. */
function objectiveLoss(logProbs: Float64Array, pairs: readonly Pair[], terms: ModpoTerms): ObjectiveLoss {
  const reference = pairs.flatMap(({ referenceLogProb }) => referenceLogProb);
  const logRatios = logProbs.map((value, row) => value - reference[row]!);
  const margins = pairs.map(({ margin }) => margin);
  return { ...modpoLoss(pairDifferences(logRatios), margins, terms), logProbs, logRatios };
}

/** By the names of TRL's DPOTrainer; losses, margins and accuracies by objective as well. */
function metricsOf(results: readonly StepResult[], beta: number): Record<string, Figure> {
  const lossesOf = (objective: Objective) =>
    results.flatMap(({ losses }) => (losses[objective] ? [losses[objective]] : []));
  const all = objectives.flatMap(lossesOf);
  const reward = (logRatios: readonly number[]) => derived([meanOrNull(logRatios)], (ratio) => beta * ratio);
  return {
    loss: meanOrNull(results.map(({ loss }) => loss)),
    'logps/chosen': meanOrNull(all.flatMap(({ logProbs }) => chosenOf(logProbs))),
    'logps/rejected': meanOrNull(all.flatMap(({ logProbs }) => rejectedOf(logProbs))),
    'rewards/chosen': reward(all.flatMap(({ logRatios }) => chosenOf(logRatios))),
    'rewards/rejected': reward(all.flatMap(({ logRatios }) => rejectedOf(logRatios))),
    ...rankingMetrics(all, beta, ''),
    ...Object.fromEntries(
      objectives.flatMap((objective) => {
        const own = lossesOf(objective);
        const loss = { [`loss_${objective}`]: meanOrNull(own.map(({ loss }) => loss)) };
        return Object.entries({ ...loss, ...rankingMetrics(own, beta, `_${objective}`) });
      }),
    ),
  };
}

function rankingMetrics(
  losses: readonly ObjectiveLoss[],
  beta: number,
  suffix: string,
): Record<string, Figure> {
  const margins = losses.flatMap(({ logRatios }) => [...pairDifferences(logRatios)]);
  return {
    [`rewards/margins${suffix}`]: derived([meanOrNull(margins)], (margin) => beta * margin),
    [`rewards/accuracies${suffix}`]: meanOrNull(margins.map((margin) => Number(margin > 0))),
  };
}

const chosenOf = (values: Float64Array) => [...values.filter((_, row) => row % 2 === 0)];
const rejectedOf = (values: Float64Array) => [...values.filter((_, row) => row % 2 === 1)];
