import * as tf from '@tensorflow/tfjs';
import { refOf, tensorsOf, type ParamSet } from '../../params/param-set.js';
import { valuesOf } from '../backend.js';
import type { Batch } from '../batch.js';
import type { ModelConfig } from '../config.js';
import { fused } from '../fused.js';
import { isLlama } from '../llama.js';
import type { ModelShape } from '../model-shape.js';
import type { Slots, SlotWeights } from '../slots.js';
import type { Frame, FrameArray } from './frames.js';
import type { Dropout } from '../dropout.js';
import type { Weights } from '../weights.js';
import { PythonBase } from './base.js';
import { pythonProcess } from './session.js';

/*
 * A language model whose base a Python process has. Its passes are operations of TensorFlow.js with gradients of
 * their own, so that what is made of them, losses and heads, is as with any other model.
 */

/** A model with what is tuned of it; see `Gpt`. */
export interface PythonModel {
  readonly shape: ModelShape;
  readonly base: ParamSet;
  readonly slots: readonly SlotWeights[];
}

/** A model as Python has it; null where TensorFlow.js has its base. */
export function pythonModelOf({ shape, base, adapters, lora, dropout }: AnyModel): PythonModel | null {
  if (!(base instanceof PythonBase)) return null;
  if (dropout) throw new RangeError('a Python process trains without loraDropout');
  return { shape, base: base.params, slots: [...adapters, ...lora] };
}

interface AnyModel extends Slots {
  readonly shape: ModelShape;
  readonly base: Weights;
  readonly dropout?: Dropout;
}

/** Passes that gradients may be asked of: each has a number. */
let passes = 0;

/** Hidden states after the last norm of tokens `at`, (M, C), without gradients. */
export function readPythonStates(model: PythonModel, batch: Batch, at: Int32Array): tf.Tensor2D {
  return statesOf(model, batch, at, {});
}

/** The same, differentiable with respect to what is tuned. Gradients are those of the last such pass alone. */
export function pythonStates(model: PythonModel, batch: Batch, at: Int32Array = allOf(batch)): tf.Tensor2D {
  const named = namedTensors(model);
  const pass = ++passes;
  return fused(
    named.map(([, tensor]) => tensor),
    () => ({ value: statesOf(model, batch, at, { pass }), saved: [] }),
    (dy) => {
      const { arrays } = pythonProcess().ask('gradient', { of: 'states', pass }, { gradient: arrayOf(dy) });
      return named.map(([name]) => tensorOf(arrays[name]!));
    },
  );
}

/** Log-probability of token ids[m] after hidden state m: (M, C), (M) → (M); differentiable in the states. */
export function pythonLogProbs(model: PythonModel, hidden: tf.Tensor2D, ids: Int32Array): tf.Tensor1D {
  const pass = ++passes;
  return fused(
    [hidden],
    () => {
      const arrays = { states: arrayOf(hidden), ids: vector(ids) };
      return { value: tensorOf(asked(model, 'log_probs', { pass }, arrays)['logProbs']!), saved: [] };
    },
    (dy) => {
      const { arrays } = pythonProcess().ask(
        'gradient',
        { of: 'log_probs', pass },
        { gradient: arrayOf(dy) },
      );
      return [tensorOf(arrays['states']!)];
    },
  );
}

/** Scores of every token: hidden states (M, C) → (M, V). */
export function pythonScores(model: PythonModel, hidden: tf.Tensor2D): tf.Tensor2D {
  return tensorOf(asked(model, 'scores', {}, { states: arrayOf(hidden) })['scores']!);
}

/** What is asked for of responses; the draw of token t of row b is `uniforms[b][t]`. */
export interface PythonSampling {
  readonly rooms: readonly number[];
  readonly temperature: number;
  readonly uniforms: readonly Float64Array[];
}

/** A response to each prompt, which must not be empty. */
export function pythonResponses(
  model: PythonModel,
  { ids, offsets }: Pick<Batch, 'ids' | 'offsets'>,
  { rooms, temperature, uniforms }: PythonSampling,
): readonly Int32Array[] {
  const longest = uniforms.reduce((most, { length }) => Math.max(most, length), 0);
  const draws = new Float64Array(rooms.length * longest);
  uniforms.forEach((row, b) => draws.set(row, b * longest));
  const request = {
    ...tunedRequest(model),
    ...{ temperature, endOfText: model.shape.config.eos_token_id },
  };
  const { tokens, lengths } = asked(model, 'generate', request, {
    ...tunedArrays(model),
    ids: vector(ids),
    offsets: vector(offsets),
    rooms: vector(Int32Array.from(rooms)),
    uniforms: { shape: [rooms.length, longest], values: draws },
  });
  let start = 0;
  return Array.from(lengths!.values, (length) =>
    (tokens!.values as Int32Array).slice(start, (start += length)),
  );
}

function statesOf(model: PythonModel, batch: Batch, at: Int32Array, request: Frame['json']): tf.Tensor2D {
  checkPositions(batch);
  const arrays = {
    ...tunedArrays(model),
    ids: vector(batch.ids),
    offsets: vector(batch.offsets),
    at: vector(at),
  };
  return tensorOf(asked(model, 'states', { ...request, ...tunedRequest(model) }, arrays)['states']!);
}

const allOf = ({ ids }: Batch) => Int32Array.from(ids, (_, n) => n);

/** Python counts the positions of a row from 0. */
function checkPositions({ positions, offsets }: Batch): void {
  for (let row = 0; row + 1 < offsets.length; row++) {
    if (offsets[row] !== offsets[row + 1] && positions[offsets[row]!] !== 0) {
      throw new RangeError('a row of a batch for Python does not begin at position 0');
    }
  }
}

/** An operation on a base model, which the process is given first where it has not got it. */
function asked(
  { shape, base }: PythonModel,
  operation: string,
  request: Frame['json'],
  arrays: Frame['arrays'],
): Frame['arrays'] {
  const { hash } = refOf(base);
  const whole = { base: hash, ...request };
  const answer = pythonProcess().ask(operation, whole, arrays);
  if (answer.json['missing'] !== true) return answer.arrays;
  pythonProcess().ask('base', { hash, config: transformersConfig(shape.config) }, arraysOfSet(base));
  return pythonProcess().ask(operation, whole, arrays).arrays;
}

/** What is tuned, by its names in a frame: slot, a slash, and the name in the set. */
function namedTensors({ slots }: PythonModel): readonly (readonly [name: string, tensor: tf.Tensor])[] {
  return slots.flatMap(({ weights }, slot) =>
    [...weights].map(([name, tensor]) => [`${slot}/${name}`, tensor] as const),
  );
}

function tunedArrays(model: PythonModel): Frame['arrays'] {
  return Object.fromEntries(namedTensors(model).map(([name, tensor]) => [name, arrayOf(tensor)]));
}

function tunedRequest({ shape, slots }: PythonModel): Frame['json'] {
  return {
    alpha: shape.lora.alpha,
    slots: slots.map(({ weights, share }) => [share, [...weights.keys()]]),
  };
}

/** config.json as transformers reads it. */
function transformersConfig(config: ModelConfig): Frame['json'] {
  return isLlama(config)
    ? config.llama.json
    : { model_type: 'gpt2', activation_function: 'gelu_new', ...config };
}

function arraysOfSet(set: ParamSet): Frame['arrays'] {
  return Object.fromEntries([...tensorsOf(set)].map(({ name, shape, values }) => [name, { shape, values }]));
}

/** A copy of its values: those on the backend may move. */
function arrayOf(tensor: tf.Tensor): FrameArray {
  return { shape: tensor.shape, values: valuesOf(tensor).slice() };
}

const vector = (values: Int32Array): FrameArray => ({ shape: [values.length], values });

function tensorOf<R extends tf.Rank>({ shape, values }: FrameArray): tf.Tensor<R> {
  return tf.tensor<R>(values, [...shape] as tf.ShapeMap[R], 'float32');
}
