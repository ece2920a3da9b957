import { criticOf } from '../../../src/learning/model/reward-model.js';
import { scoreFeatures } from '../../../src/learning/model/reward-features.js';
import type { TunedSets } from '../../../src/learning/model/slots.js';
import { perObjective } from '../../../src/learning/objective.js';
import { paramSet, type ParamSet } from '../../../src/learning/params/param-set.js';
import { stream } from '../../../src/simulation/random/stream.js';
import { align } from '../../../src/learning/training/align.js';
import { frozenModel, readLogProbs, withPolicy } from '../../../src/learning/training/rollout.js';
import type { AlignHyper, AlignParams, TaskRequest } from '../../../src/learning/training/task.js';
import {
  emptyTable,
  tableOf,
  tinyAdapters,
  tinyBase,
  tinyLora,
  tinyReward,
  tinyShape,
} from './tiny-model.js';

/*
 * A task of one decision: the response is one token, and a reward model made by hand gives 1 for the token
 * that is wanted and 0 for every other.
 */

export const wanted = 5;
export const promptTokens = [
  [1, 2, 3],
  [4, 3],
  [2, 2, 7, 6],
];
export const prompts = tableOf(promptTokens.map((prompt) => [prompt, []] as const));
const tokens = Array.from({ length: tinyShape.config.vocab_size }, (_, token) => token);

const answers = (token: number) =>
  promptTokens.map((prompt) => ({ tokens: Int32Array.of(...prompt, token), response: prompt.length }));

/**
 * Hidden units that the score does not use, for the critic that starts from the reward model to learn with.
 */
const spare = 15;

/**
 * One hidden unit looks along the direction from the mean of all other tokens' features to the wanted one's,
 * with a threshold between them and an output scaled to 1. Scores of unwanted tokens are exactly 0.
 */
export function handMadeReward(): ParamSet {
  const base = frozenModel(tinyShape, tinyBase());
  const rows = tokens.map((token) => scoreFeatures(base, answers(token)));
  const width = rows[0]!.length / promptTokens.length;
  const means = rows.map((row) => meanRow(row, width));
  const others = meanRow(Float64Array.from(means.flatMap((row, v) => (v === wanted ? [] : [...row]))), width);
  const direction = Array.from(means[wanted]!, (value, i) => value - others[i]!);
  const along = (row: ArrayLike<number>) =>
    promptTokens.map((_, p) => direction.reduce((sum, value, i) => sum + value * row[p * width + i]!, 0));
  const highestOther = Math.max(...rows.filter((_, v) => v !== wanted).flatMap(along));
  const own = along(rows[wanted]!);
  if (Math.min(...own) <= highestOther)
    throw new Error('the wanted token does not stand out; choose another');
  const activation = own.reduce((sum, value) => sum + value - highestOther, 0) / own.length;
  const draws = stream('spare units');
  const weights = direction.flatMap((value) => [
    value,
    ...Array.from({ length: spare }, () => draws.normal() / Math.sqrt(width)),
  ]);
  const zeros = new Array<number>(spare).fill(0);
  return paramSet('reward', [
    { name: 'reward.hidden.weight', shape: [width, 1 + spare], values: weights },
    { name: 'reward.hidden.bias', shape: [1 + spare], values: [-highestOther, ...zeros] },
    { name: 'reward.value.weight', shape: [1 + spare, 1], values: [1 / activation, ...zeros] },
    { name: 'reward.value.bias', shape: [1], values: [0] },
  ]);
}

function meanRow(rows: ArrayLike<number>, width: number): Float64Array {
  const count = rows.length / width;
  return Float64Array.from({ length: width }, (_, i) => {
    let sum = 0;
    for (let row = 0; row < count; row++) sum += rows[row * width + i]!;
    return sum / count;
  });
}

export const banditHyper: AlignHyper = {
  algorithm: 'ppo',
  optimizer: 'adam',
  klControl: 'fixed',
  klTarget: 6,
  klHorizon: 10000,
  targetKl: null,
  whitenRewards: false,
  whitenAdvantages: true,
  dpoBeta: 0.1,
  ptxCoefficient: 0,
  weights: { helpful: 1, harmless: 0 },
  scale: perObjective(() => ({ mean: 0, std: 1 })),
  promptsPerRound: 32,
  sensitiveShare: 0.5,
  maxNewTokens: 1,
  temperature: 1,
  ppoEpochs: 2,
  minibatchSize: 16,
  learningRate: 5e-3,
  loraLearningRateScale: 1,
  criticLearningRate: 1e-2,
  klCoefficient: 0.01,
  discount: 1,
  lambda: 0.95,
  clipRange: 0.2,
  clipRangeValue: 0.2,
  maxGradientNorm: 1,
  missingEosPenalty: 0,
};

export function banditRequest(hyper: Partial<AlignHyper> = {}): TaskRequest<'align'> {
  const rewardModels = { helpful: handMadeReward(), harmless: tinyReward('harmless', 4) };
  return {
    kind: 'align',
    key: '',
    seed: 'bandit',
    model: tinyShape,
    hyper: { ...banditHyper, ...hyper },
    params: {
      base: tinyBase(),
      tuned: { adapters: tinyAdapters(), lora: tinyLora() },
      reference: { adapters: tinyAdapters(), lora: tinyLora() },
      rewardModels,
      critics: perObjective((objective) => criticOf(rewardModels[objective], 0, 1)),
    },
    data: {
      prompts,
      sensitivePrompts: emptyTable,
      instructions: emptyTable,
      pairs: perObjective(() => emptyTable),
    },
  };
}

/** Rounds of the task, each from the parameters that the one before gave. */
export async function alignFor(rounds: number, request: TaskRequest<'align'>): Promise<AlignParams> {
  let params = request.params;
  for (let round = 0; round < rounds; round++) {
    const { output } = await align({ ...request, params, seed: `${request.seed}/${round}` });
    params = { ...params, ...output };
  }
  return params;
}

/** A request whose policy, and its reference, has this part alone. */
export function alone(request: TaskRequest<'align'>, part: 'adapters' | 'lora'): TaskRequest<'align'> {
  const only = ({ [part]: set }: TunedSets): TunedSets => ({ [part]: set! });
  const { params } = request;
  return {
    ...request,
    params: { ...params, tuned: only(params.tuned), reference: only(params.reference) },
  };
}

/** Probability of the wanted token after each prompt. */
export function wantedProbabilities(params: Pick<AlignParams, 'base' | 'tuned'>): number[] {
  return withPolicy(tinyShape, params.base, params.tuned, (policy) =>
    readLogProbs(policy, answers(wanted), 1).map(([logProb]) => Math.exp(logProb!)),
  );
}
