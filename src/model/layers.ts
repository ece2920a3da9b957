import * as tf from '@tensorflow/tfjs';
import { valuesOf } from './backend.js';

/*
 * Layers with hand-written gradients. An operation of the WebAssembly backend costs about 50 microseconds
 * whatever its size, and automatic differentiation makes many small ones; these make few.
 * test/model/layers.test.ts holds each one to automatic differentiation of the plain formula, or to finite
 * differences.
 */

/** Which of a linear layer's parameters want a gradient besides its input. */
export type Learns = 'nothing' | 'weight' | 'weight and bias';

/** x · w + b: (N, in) · (in, out) + (out) → (N, out). Frozen parameters must outlive the tape. */
export function linear(x: tf.Tensor2D, w: tf.Tensor2D, b: tf.Tensor1D, learns: Learns): tf.Tensor2D {
  const forward = () => tf.fused.matMul({ a: x, b: w, bias: b }) as tf.Tensor2D;
  const towardsInput = (dy: tf.Tensor, w: tf.Tensor) => tf.matMul(dy, w, false, true);
  if (learns === 'nothing') {
    return tf.customGrad(() => ({
      value: forward(),
      gradFunc: (dy: tf.Tensor) => towardsInput(dy, w),
    }))(x) as tf.Tensor2D;
  }
  const inputs = learns === 'weight' ? [x, w] : [x, w, b];
  return tf.customGrad((...args) => {
    const save = args.at(-1) as unknown as tf.GradSaveFunc;
    save([x, w]);
    const gradFunc = (dy: tf.Tensor2D, saved: tf.Tensor[]) => {
      const [x, w] = saved as [tf.Tensor2D, tf.Tensor2D];
      const gradients: tf.Tensor[] = [towardsInput(dy, w), tf.matMul(x, dy, true, false)];
      if (learns === 'weight and bias') gradients.push(tf.sum(dy, 0));
      return gradients;
    };
    return { value: forward(), gradFunc: gradFunc };
  })(...inputs);
}

/** LayerNorm over the last axis: (N, C) → (N, C), gain · (x − mean) / sqrt(variance + epsilon) + bias. */
export function layerNorm(
  x: tf.Tensor2D,
  gain: tf.Tensor1D,
  bias: tf.Tensor1D,
  epsilon: number,
  learns: boolean,
): tf.Tensor2D {
  const inputs: tf.Tensor[] = learns ? [x, gain, bias] : [x];
  return tf.customGrad(() => {
    const { output, centred, inverse } = normalise(x, gain, bias, epsilon);
    const gains = valuesOf(gain).slice();
    const gradFunc = (dy: tf.Tensor) => {
      const gradients = normaliseBackward(valuesOf(dy), centred, inverse, gains);
      const dx = tf.tensor2d(gradients.x, x.shape);
      return learns ? [dx, tf.tensor1d(gradients.gain), tf.tensor1d(gradients.bias)] : dx;
    };
    return { value: tf.tensor2d(output, x.shape), gradFunc };
  })(...inputs);
}

/** `centred` is (x − mean) · inverse, (N, C); `inverse` is 1 / sqrt(variance + epsilon), (N). */
function normalise(x: tf.Tensor2D, gain: tf.Tensor1D, bias: tf.Tensor1D, epsilon: number) {
  const [rows, width] = x.shape;
  const output = new Float32Array(rows * width);
  const centred = new Float32Array(rows * width);
  const inverse = new Float32Array(rows);
  const [values, gains, biases] = [valuesOf(x), valuesOf(gain), valuesOf(bias)];
  for (let n = 0; n < rows; n++) {
    const start = n * width;
    let sum = 0;
    for (let c = 0; c < width; c++) sum += values[start + c]!;
    const mean = sum / width;
    let squares = 0;
    for (let c = 0; c < width; c++) {
      const difference = values[start + c]! - mean;
      squares += difference * difference;
    }
    const scale = 1 / Math.sqrt(squares / width + epsilon);
    inverse[n] = scale;
    for (let c = 0; c < width; c++) {
      const normal = (values[start + c]! - mean) * scale;
      centred[start + c] = normal;
      output[start + c] = normal * gains[c]! + biases[c]!;
    }
  }
  return { output, centred, inverse };
}

/** dx = inverse · (g − mean(g) − centred · mean(g · centred)) with g = dy · gain. */
function normaliseBackward(
  dy: Float32Array,
  centred: Float32Array,
  inverse: Float32Array,
  gains: Float32Array,
) {
  const width = gains.length;
  const x = new Float32Array(dy.length);
  const gain = new Float32Array(width);
  const bias = new Float32Array(width);
  for (let n = 0; n < inverse.length; n++) {
    const start = n * width;
    let sum = 0;
    let correlation = 0;
    for (let c = 0; c < width; c++) {
      const upstream = dy[start + c]!;
      const normal = centred[start + c]!;
      gain[c]! += upstream * normal;
      bias[c]! += upstream;
      const g = upstream * gains[c]!;
      sum += g;
      correlation += g * normal;
    }
    const [meanG, meanGx, scale] = [sum / width, correlation / width, inverse[n]!];
    for (let c = 0; c < width; c++) {
      x[start + c] = scale * (dy[start + c]! * gains[c]! - meanG - centred[start + c]! * meanGx);
    }
  }
  return { x, gain, bias };
}

const rootTwoOverPi = Math.sqrt(2 / Math.PI);
const cubic = 0.044715;

/**
 * GPT-2's GELU ("gelu_new", Hendrycks and Gimpel 2016): x/2 · (1 + tanh u) with u = sqrt(2/π) (x + 0.044715
 * x³). It is x · sigmoid(2u), and a sigmoid costs a twentieth of a tanh here. Gradient: s + x · s(1 − s) ·
 * 2u'.
 */
export function gelu(x: tf.Tensor2D): tf.Tensor2D {
  return tf.customGrad((...args) => {
    const save = args.at(-1) as unknown as tf.GradSaveFunc;
    const squared = tf.square(x);
    const slope = tf.add(tf.mul(squared, 2 * rootTwoOverPi * cubic), 2 * rootTwoOverPi); // 2u / x
    const gate = tf.sigmoid(tf.mul(x, slope));
    const value = tf.mul(x, gate);
    save([squared, gate, value]);
    return { value, gradFunc: geluBackward };
  })(x) as tf.Tensor2D;
}

/** 2u' = 2 sqrt(2/π) (1 + 3 · 0.044715 x²). */
function geluBackward(dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor {
  const [squared, gate, value] = saved as [tf.Tensor, tf.Tensor, tf.Tensor];
  const slope = tf.add(tf.mul(squared, 6 * rootTwoOverPi * cubic), 2 * rootTwoOverPi);
  const curve = tf.mul(tf.mul(value, tf.sub(1, gate)), slope);
  return tf.mul(dy, tf.add(gate, curve));
}

/**
 * Rows of an embedding table (V, C) by id: (N, C). The gradient for the table is summed in order of the ids.
 */
export function embed(table: tf.Tensor2D, ids: Int32Array, learns: boolean): tf.Tensor2D {
  const gather = () => tf.gather(table, tf.tensor1d(ids, 'int32'));
  if (!learns) return gather();
  return tf.customGrad(() => {
    const gradFunc = (dy: tf.Tensor) => tf.tensor2d(scatter(valuesOf(dy), ids, table.shape), table.shape);
    return { value: gather(), gradFunc };
  })(table);
}

/** Rows `at` of (N, C): (M, C). */
export function selectRows(x: tf.Tensor2D, at: Int32Array): tf.Tensor2D {
  return embed(x, at, true);
}

/** Adds row m of `rows` (M, C) to row ids[m] of a zero matrix of the given shape. */
function scatter(rows: Float32Array, ids: Int32Array, [height, width]: [number, number]): Float32Array {
  const sum = new Float32Array(height * width);
  for (let m = 0; m < ids.length; m++) {
    const to = ids[m]! * width;
    const from = m * width;
    for (let c = 0; c < width; c++) sum[to + c]! += rows[from + c]!;
  }
  return sum;
}
