import * as tf from '@tensorflow/tfjs';
import type { TokenTable } from '../data/token-table.js';
import { computed, valuesOf } from '../model/backend.js';
import { generate, type GenerateOptions } from '../model/generate.js';
import { hiddenStates, type Gpt } from '../model/gpt.js';
import { withModel } from '../model/gradients.js';
import { inPasses, readAtOnce } from '../model/passes.js';
import { tokenLogProbs } from '../model/log-probs.js';
import { readStates } from '../model/read-states.js';
import { noSlots, type TunedSets } from '../model/slots.js';
import type { Answer } from '../model/reward-features.js';
import { baseWeights } from '../model/weights.js';
import type { ParamSet } from '../params/param-set.js';
import { stream, type Stream } from '../../simulation/random/stream.js';
import { answerBatch, tableRow } from './batches.js';
import type { ModelShape } from '../model/model-shape.js';
import type { TaskRequest } from './task.js';

/** A prompt with a sampled response. */
export interface Rollout extends Answer {
  /** True where the response ends with end-of-text, which then is its last token. */
  readonly ended: boolean;
}

/** The tokens of every prompt of a table. */
export function promptsOf(table: TokenTable): Int32Array[] {
  return Array.from({ length: table.count }, (_, row) => {
    const { tokens, response } = tableRow(table, row);
    return tokens.subarray(0, response);
  });
}

/**
 * `count` prompts, of which a share from the sensitive ones, in the order sensitive, others. Either table may
 * be empty; the other one then gives all. No prompt comes twice before every prompt of its table came once.
 */
export function choosePrompts(
  seed: string,
  count: number,
  sensitiveShare: number,
  data: { readonly prompts: TokenTable; readonly sensitivePrompts: TokenTable },
): Int32Array[] {
  const share = data.sensitivePrompts.count === 0 ? 0 : data.prompts.count === 0 ? 1 : sensitiveShare;
  const sensitive = Math.round(count * share);
  return [
    ...draw(promptsOf(data.sensitivePrompts), sensitive, stream(seed, 'prompts', 'sensitive')),
    ...draw(promptsOf(data.prompts), count - sensitive, stream(seed, 'prompts', 'other')),
  ];
}

function draw<T>(elements: readonly T[], count: number, draws: Stream): T[] {
  let drawn: T[] = [];
  while (drawn.length < count && elements.length > 0) drawn = [...drawn, ...draws.shuffle(elements)];
  return drawn.slice(0, count);
}

/** One sampled response per prompt; prompt i draws from the stream (seed, 'sample', i) and no other. */
export function sampleResponses(
  policy: Gpt,
  prompts: readonly Int32Array[],
  options: Pick<GenerateOptions, 'maxNewTokens' | 'temperature'>,
  seed: string,
): Rollout[] {
  const streams = prompts.map((_, i) => stream(seed, 'sample', i));
  const responses = generate(policy, prompts, { ...options, streams });
  return prompts.map((prompt, i) => {
    const response = responses[i]!;
    const tokens = new Int32Array(prompt.length + response.length);
    tokens.set(prompt);
    tokens.set(response, prompt.length);
    const ended = response.at(-1) === policy.shape.config.eos_token_id;
    return { tokens, response: prompt.length, ended };
  });
}

/**
 * Log-probabilities of the response tokens of all answers, one after the other, at the temperature of
 * sampling: the head has no bias, so that dividing the hidden states divides the logits. Differentiable where
 * `statesOf` is.
 */
export function responseLogProbs(
  policy: Gpt,
  answers: readonly Answer[],
  temperature: number,
  statesOf: typeof readStates = hiddenStates,
): tf.Tensor1D {
  const { batch, targets } = answerBatch(answers);
  const hidden = statesOf(policy, batch, targets.at);
  return tokenLogProbs(policy, atTemperature(hidden, temperature), targets.ids);
}

/** Hidden states whose logits are those at a temperature. */
export function atTemperature(hidden: tf.Tensor2D, temperature: number): tf.Tensor2D {
  return temperature === 1 ? hidden : tf.div(hidden, temperature);
}

/** Rows of one forward pass, where they are short. */
const passRows = 16;

/** The same as numbers, one array per answer, outside of training. */
export function readLogProbs(policy: Gpt, answers: readonly Answer[], temperature: number): Float64Array[] {
  return answerPasses(policy, answers).flatMap((pass) =>
    inLengths(
      computed(() => Float64Array.from(valuesOf(responseLogProbs(policy, pass, temperature, readStates)))),
      pass.map(lengthOf),
    ),
  );
}

/** Answers as forward passes take them, a few at a time, in their order. */
export function answerPasses(
  { shape: { config } }: Pick<Gpt, 'shape'>,
  answers: readonly Answer[],
): Answer[][] {
  return inPasses(answers, ({ tokens }) => tokens.length, { tokens: readAtOnce(config), rows: passRows });
}

/** The log-probabilities of the reference, which are the policy's own where both are the same sets. */
export function referenceLogProbs(
  { model, params, hyper }: Pick<TaskRequest<'align' | 'score'>, 'model' | 'params' | 'hyper'>,
  answers: readonly Answer[],
  own: Float64Array[],
): Float64Array[] {
  if (isSame(params.tuned, params.reference)) return own;
  return withPolicy(model, params.base, params.reference, (policy) =>
    readLogProbs(policy, answers, hyper.temperature),
  );
}

/** Whether both are known to be the same parameters. */
function isSame(one: TunedSets, other: TunedSets): boolean {
  const parts = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...parts].every((part) => one[part]?.hash !== undefined && one[part].hash === other[part]?.hash);
}

/** Tokens of the response. */
export const lengthOf = ({ tokens, response }: Answer) => tokens.length - response;

/** The values cut into arrays of these lengths, which are views. */
export function inLengths(values: Float64Array, lengths: readonly number[]): Float64Array[] {
  let start = 0;
  return lengths.map((length) => values.subarray(start, (start += length)));
}

/** Runs `work` with a policy of a base and what is tuned of it on the backend, and frees it again. */
export function withPolicy<T>(
  shape: ModelShape,
  base: ParamSet,
  tuned: TunedSets,
  work: (policy: Gpt) => T,
): T {
  return withModel(shape, baseWeights(base), tuned, work);
}

/** The base model alone, which reward models and critics read. */
export function frozenModel(shape: ModelShape, base: ParamSet): Gpt {
  return { shape, base: baseWeights(base), ...noSlots };
}

/** Arrays one after the other. */
export function concatenated<T extends Float32Array | Float64Array>(arrays: readonly T[]): T {
  const length = arrays.reduce((sum, array) => sum + array.length, 0);
  const joined = (
    arrays[0] instanceof Float32Array ? new Float32Array(length) : new Float64Array(length)
  ) as T;
  let offset = 0;
  for (const array of arrays) {
    joined.set(array, offset);
    offset += array.length;
  }
  return joined;
}
