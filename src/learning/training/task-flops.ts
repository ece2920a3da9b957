import { sum } from '../../moments.js';
import { meanTokens, type TokenTable } from '../data/token-table.js';
import type { ParamSet } from '../params/param-set.js';
import { setsIn } from '../params/sets-in.js';
import type { TaskKind, TaskRequest } from './task.js';

/*
 * Roughly what a task is to compute here, by its request alone: 2 operations for each parameter and token, 6 where it
 * trains. It tells a long task from one that hangs; what devices spend is src/learning/clients/workload.ts.
 */

/** Passes over a token as multiples of reading it: forward and backward. */
const trained = 3;

/** Tokens of a task, each as often as it is read. */
const tokensOf: { readonly [K in TaskKind]: (request: TaskRequest<K>) => number } = {
  // Not tokens: what an aggregation does to each number, with room for rules that go over all again and again.
  aggregate: ({ params: { updates } }) => 10 * Object.keys(updates).length,
  instruct: ({ hyper, data: { train, validation } }) =>
    trained * hyper.localSteps * hyper.batchSize * meanTokens(train) + tokensIn([validation]),
  evaluate: ({ data }) => tokensIn(Object.values(data)),
  generalize: ({ data }) => tokensIn(Object.values(data)),
  interpolate: ({ data, hyper: { mixtures } }) =>
    Object.keys(mixtures).length * tokensIn(Object.values(data)),
  perplexity: ({ data }) => tokensIn(Object.values(data)),
  reward: ({ hyper, data }) =>
    sum(
      Object.values(data).map(
        ({ train, validation }) =>
          2 * trained * hyper.localSteps * hyper.batchSize * meanTokens(train) +
          tokensIn([train, validation]),
      ),
    ),
  rewardTest: ({ data }) => tokensIn(Object.values(data)),
  freeze: ({ hyper, data }) =>
    hyper.prompts * (meanTokens(data.prompts) + hyper.maxNewTokens) +
    trained * hyper.criticWarmupSteps * hyper.minibatchSize * hyper.maxNewTokens,
  align: ({ hyper, data }) =>
    hyper.promptsPerRound *
    (1 + trained * hyper.ppoEpochs) *
    (meanTokens(data.prompts) + hyper.maxNewTokens + 2 * meanTokens(data.pairs.helpful)),
  score: ({ hyper, data: { prompts } }) => prompts.count * (meanTokens(prompts) + hyper.maxNewTokens),
  rescore: ({ data }) => tokensIn(Object.values(data)),
};

/** Operations of a task, at least 1. */
export function taskFlops<K extends TaskKind>(request: TaskRequest<K>): number {
  const parameters = sum(setsIn(request.params).map(({ values }: ParamSet) => values.length));
  return Math.max(1, 2 * parameters * tokensOf[request.kind](request));
}

function tokensIn(tables: readonly TokenTable[]): number {
  return sum(tables.map((table) => table.count * meanTokens(table)));
}
