import * as tf from '@tensorflow/tfjs';

/*
 * Operations of TensorFlow's own library by their names there. TensorFlow.js's have checks, scopes, a tape and new tensors
 * for each scalar and axis, which take longer than an operation on a small tensor.
 */

/** What this file uses of the class behind `tf.backend()` of @tensorflow/tfjs-node. */
interface NativeBackend {
  readonly binding: Readonly<Record<'TF_ATTR_TYPE' | 'TF_ATTR_BOOL' | 'TF_FLOAT' | 'TF_INT32', number>>;
  executeMultipleOutputs(
    operation: string,
    attributes: readonly Attribute[],
    inputs: readonly tf.TensorInfo[],
    outputs: number,
  ): tf.Tensor[];
}

interface Attribute {
  readonly name: string;
  readonly type: number;
  readonly value: number | boolean;
}

/** Float32 tensors of an operation whose attributes are types and booleans. */
export function operation(
  name: string,
  inputs: readonly tf.Tensor[],
  { types = { T: 'float32' }, flags = {}, outputs = 1 }: OperationSettings = {},
): tf.Tensor[] {
  const backend = tf.backend() as unknown as NativeBackend;
  const { TF_ATTR_TYPE, TF_ATTR_BOOL, TF_FLOAT, TF_INT32 } = backend.binding;
  const attributes: Attribute[] = [];
  for (const [name, type] of Object.entries(types)) {
    attributes.push({ name, type: TF_ATTR_TYPE, value: type === 'int32' ? TF_INT32 : TF_FLOAT });
  }
  for (const [name, value] of Object.entries(flags)) attributes.push({ name, type: TF_ATTR_BOOL, value });
  return backend.executeMultipleOutputs(name, attributes, inputs, outputs);
}

export interface OperationSettings {
  readonly types?: Readonly<Record<string, 'float32' | 'int32'>>;
  readonly flags?: Readonly<Record<string, boolean>>;
  readonly outputs?: number;
}

type Matrix = tf.Tensor2D;
type Operand = tf.Tensor | number;

const valueOf = (operand: Operand) => (typeof operand === 'number' ? constant(operand) : operand);
const unary = (name: string) => (x: tf.Tensor) => operation(name, [x])[0] as Matrix;
const binary = (name: string) => (x: Operand, y: Operand) =>
  operation(name, [valueOf(x), valueOf(y)])[0] as Matrix;

/** Elementwise, and with broadcasting where there are two operands. */
export const add = binary('AddV2');
export const sub = binary('Sub');
export const mul = binary('Mul');
export const square = unary('Square');
export const rsqrt = unary('Rsqrt');
export const sigmoid = unary('Sigmoid');
export const relu = unary('Relu');
/** dy · y · (1 − y): through a sigmoid that gave y. */
export const sigmoidGrad = binary('SigmoidGrad');
/** dy where y is above 0. */
export const reluGrad = binary('ReluGrad');
/** A vector added to each row. */
export const biasAdd = binary('BiasAdd');

/** (N, C) → (N, 1). */
export function rowMeans(x: Matrix): Matrix {
  const settings = { types: { T: 'float32', Tidx: 'int32' }, flags: { keep_dims: true } } as const;
  return operation('Mean', [x, constant(1, 'int32')], settings)[0] as Matrix;
}

/** (N, C) → (C). */
export function columnSums(x: Matrix): tf.Tensor1D {
  const settings = { types: { T: 'float32', Tidx: 'int32' }, flags: { keep_dims: false } } as const;
  return operation('Sum', [x, constant(0, 'int32')], settings)[0] as tf.Tensor1D;
}

/** A product of two matrices, either of which may be taken transposed. */
export function product(x: Matrix, y: Matrix, flipsX = false, flipsY = false): Matrix {
  return operation('MatMul', [x, y], { flags: { transpose_a: flipsX, transpose_b: flipsY } })[0] as Matrix;
}

const constants = new Map<string, tf.Tensor>();

/** A scalar that is made once in a thread: for numbers of formulas, of which there are few. */
function constant(value: number, type: 'float32' | 'int32' = 'float32'): tf.Tensor {
  const key = `${type} ${value}`;
  const known = constants.get(key);
  if (known) return known;
  const made = tf.keep(tf.scalar(value, type));
  constants.set(key, made);
  return made;
}

/** How many are kept. */
export const keptConstants = () => constants.size;
