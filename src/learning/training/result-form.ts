import { isDeepStrictEqual } from 'node:util';
import { mapValues } from '../../map-values.js';
import { perObjective } from '../objective.js';
import { parametersIn, type ParamSet } from '../params/param-set.js';
import { isSet, setsIn } from '../params/sets-in.js';
import type { Measurement } from './measurement.js';
import type { Ranking } from './ranking.js';
import type { TaskKind, TaskRequest, TaskResult } from './task.js';

/** What has to stand somewhere in a result: a figure, a number, any set, any critic, a set with the tensors of this one. */
type Form = 'figure' | 'number' | 'set' | 'critic' | ParamSet | Forms;
interface Forms {
  readonly [name: string]: Form;
}

/** The least that output and metrics of a task have. */
interface ResultForm {
  readonly output: Forms;
  readonly metrics: Forms;
}

const figures = <N extends string>(...names: readonly N[]) =>
  Object.fromEntries(names.map((name) => [name, 'figure'])) as Readonly<Record<N, 'figure'>>;

const measurement = figures<keyof Measurement>('loss', 'accuracy', 'contentAccuracy');
const ranking = figures<keyof Ranking>(
  ...(['loss', 'accuracy', 'calibrationError', 'brierScore', 'meanScore', 'scoreStd'] as const),
);

const losses = figures('loss', 'validationLoss');
const evaluation = {
  output: {},
  metrics: figures('loss', 'accuracy', 'factAccuracy', 'unseenAccuracy', 'sharedAccuracy'),
};

const forms: { readonly [K in TaskKind]: (request: TaskRequest<K>) => ResultForm } = {
  // Clients may hold other tensors than the server, and some rules make new ones.
  aggregate: () => ({ output: { global: 'set', memory: { sets: {}, notes: {} } }, metrics: {} }),
  instruct: ({ params: { tuned } }) => ({ output: { tuned }, metrics: losses }),
  evaluate: () => evaluation,
  generalize: ({ data }) => ({ output: {}, metrics: mapValues(data, () => measurement) }),
  interpolate: ({ data, hyper: { mixtures } }) => ({
    output: {},
    metrics: mapValues(mixtures, () => mapValues(data, () => measurement)),
  }),
  perplexity: () => ({ output: {}, metrics: figures('textLoss', 'perplexity') }),
  reward: ({ params: { rewardModels } }) => ({
    output: { rewardModels },
    metrics: perObjective(() => ({ ...ranking, ...figures('validationLoss') })),
  }),
  rewardTest: () => ({ output: {}, metrics: perObjective(() => ranking) }),
  freeze: () => ({
    output: {
      critics: perObjective(() => 'critic' as const),
      scale: perObjective(() => ({ mean: 'number' as const, std: 'number' as const })),
    },
    metrics: perObjective(() => figures('mean', 'std')),
  }),
  align: ({ params: { tuned, critics } }) => ({ output: { tuned, critics }, metrics: {} }),
  score: () => ({
    output: {},
    metrics: figures('helpful', 'harmless', 'klK1', 'klK3', 'length', 'ended'),
  }),
  rescore: () => ({ output: {}, metrics: {} }),
};

/**
 * Why something cannot be the result of a request, in words: it lacks an output or a figure, or a set is not what the
 * task was given to train. Null where it may be; whether its numbers are right nobody can tell.
 */
export function misfitOf<K extends TaskKind>(request: TaskRequest<K>, result: TaskResult<K>): string | null {
  const { output, metrics }: ResultForm = forms[request.kind](request);
  const problem = misfit({ output, metrics }, result, 'result');
  if (problem !== null) return problem;
  if (!areFigures(result.metrics)) return 'result.metrics has something that is no figure';
  return unsound(result.output) ?? uneven(request, result);
}

function areFigures(found: unknown): boolean {
  if (typeof found === 'object' && found !== null) return Object.values(found).every(areFigures);
  return found === null || typeof found === 'number';
}

function misfit(form: Form, found: unknown, path: string): string | null {
  if (form === 'figure' && found === null) return null;
  if (form === 'figure' || form === 'number') {
    return typeof found === 'number' ? null : `${path} is no number`;
  }
  if (form === 'set' || form === 'critic' || isSet(form)) return misfitOfSet(form, found, path);
  if (typeof found !== 'object' || found === null) return `${path} is missing`;
  for (const [name, inner] of Object.entries(form)) {
    const problem = misfit(inner, (found as Readonly<Record<string, unknown>>)[name], `${path}.${name}`);
    if (problem !== null) return problem;
  }
  return null;
}

function misfitOfSet(form: 'set' | 'critic' | ParamSet, found: unknown, path: string): string | null {
  if (!isSet(found)) return `${path} is no parameter set`;
  if (form === 'set') return null;
  const kind = form === 'critic' ? form : form.kind;
  if (found.kind !== kind) return `${path} is of kind ${found.kind}, expected ${kind}`;
  if (form === 'critic' || isDeepStrictEqual(found.tensors, form.tensors)) return null;
  return `${path} has other tensors than what the task was given`;
}

/** A set whose values are not as many as its tensors say. */
function unsound(output: unknown): string | null {
  const bad = setsIn(output).find(({ tensors, values }) => values.length !== parametersIn(tensors));
  return bad
    ? `a set of kind ${bad.kind} has ${bad.values.length} values, its tensors take another number`
    : null;
}

/** Responses, their ends or their scores that are not one for each row. */
function uneven(request: TaskRequest, { responses, ended, scores }: TaskResult): string | null {
  if (request.kind !== 'score' && request.kind !== 'rescore') return null;
  const [table] = Object.values((request as TaskRequest<'score' | 'rescore'>).data);
  const lists = [responses, ended, scores?.helpful, scores?.harmless].filter((list) => list !== undefined);
  const uneven = lists.find(({ length }) => length !== table!.count);
  return uneven ? `${uneven.length} responses or scores, expected ${table!.count}` : null;
}
