import * as tf from '@tensorflow/tfjs';
import { valuesOf } from './backend.js';

/*
 * Attention in plain JavaScript. On rows of a few dozen tokens it is a small part of the model's arithmetic,
 * and a loop that knows where each row ends computes only the causal half and no padding, in one pass where
 * the backend's operations would need a dozen. Each row and head is first copied to float64 scratch,
 * contiguous.
 */

/** Where rows lie in the packed batch and heads within the width C. */
interface Layout {
  readonly offsets: Int32Array;
  readonly heads: number;
  readonly width: number;
}

/**
 * softmax(Q Kᵀ / sqrt(d)) V in every row and head, each token looking at itself and the ones before it.
 * `qkv` is (N, 3C) as c_attn gives it; the answer is (N, C).
 */
export function causalAttention(qkv: tf.Tensor2D, offsets: Int32Array, heads: number): tf.Tensor2D {
  const [tokens, triple] = qkv.shape;
  const layout = { offsets, heads, width: triple / 3 };
  return tf.customGrad((...args) => {
    const save = args.at(-1) as unknown as tf.GradSaveFunc;
    const { output, shares } = forward(valuesOf(qkv), layout);
    save([qkv]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) =>
      tf.tensor2d(backward(valuesOf(dy), valuesOf(saved[0]!), shares, layout), [tokens, triple]);
    return { value: tf.tensor2d(output, [tokens, layout.width]), gradFunc };
  })(qkv);
}

/** `shares` holds every softmax row, in the order of the loops: row, head, query, key. */
function forward(qkv: Float32Array, layout: Layout): { output: Float32Array; shares: Float32Array } {
  const { width } = layout;
  const size = width / layout.heads;
  const output = new Float32Array(qkv.length / 3);
  const shares = new Float32Array(layout.heads * triangles(layout.offsets));
  const room = roundUp(longestRow(layout.offsets));
  const [q, k, v, mixed] = matrices(room * size);
  const scores = new Float64Array(room);
  let at = 0;
  for (const head of headsOf(layout)) {
    take(qkv, q, head, head.column, 3 * width);
    takeTransposed(qkv, k, head, head.column + width, 3 * width, room);
    take(qkv, v, head, head.column + 2 * width, 3 * width);
    for (let i = 0; i < head.length; i++) {
      weightedSum(scores, 0, roundUp(i + 1), k, 0, room, q, i * size, size);
      softmax(scores, i + 1, 1 / Math.sqrt(size));
      for (let j = 0; j <= i; j++) shares[at + j] = scores[j]!;
      weightedSum(mixed, i * size, size, v, 0, size, scores, 0, i + 1);
      at += i + 1;
    }
    put(mixed, output, head, head.column, width);
  }
  return { output, shares };
}

/**
 * With P the shares and dP = dO Vᵀ: dS = P · (dP − sum(P · dP)), dQ = dS K / sqrt(d), dK = dSᵀ Q / sqrt(d),
 * dV = Pᵀ dO.
 */
function backward(
  dOutput: Float32Array,
  qkv: Float32Array,
  shares: Float32Array,
  layout: Layout,
): Float32Array {
  const { width } = layout;
  const size = width / layout.heads;
  const gradient = new Float32Array(qkv.length);
  const room = roundUp(longestRow(layout.offsets));
  const [q, k, v, dO] = matrices(room * size);
  const [dQ, dK, dV] = matrices(room * size);
  const [shareColumns, dScoreColumns] = matrices(room * room);
  const dScores = new Float64Array(room);
  let at = 0;
  for (const head of headsOf(layout)) {
    const { length } = head;
    take(qkv, q, head, head.column, 3 * width);
    take(qkv, k, head, head.column + width, 3 * width);
    takeTransposed(qkv, v, head, head.column + 2 * width, 3 * width, room);
    take(dOutput, dO, head, head.column, width);
    for (let i = 0; i < length; i++) {
      weightedSum(dScores, 0, roundUp(i + 1), v, 0, room, dO, i * size, size);
      softmaxBackward(dScores, shares, at, i + 1, 1 / Math.sqrt(size));
      for (let j = 0; j <= i; j++) {
        shareColumns[j * length + i] = shares[at + j]!;
        dScoreColumns[j * length + i] = dScores[j]!;
      }
      weightedSum(dQ, i * size, size, k, 0, size, dScores, 0, i + 1);
      at += i + 1;
    }
    for (let j = 0; j < length; j++) {
      const [from, weights, count] = [j * size, j * length + j, length - j];
      weightedSum(dK, from, size, q, from, size, dScoreColumns, weights, count);
      weightedSum(dV, from, size, dO, from, size, shareColumns, weights, count);
    }
    put(dQ, gradient, head, head.column, 3 * width);
    put(dK, gradient, head, head.column + width, 3 * width);
    put(dV, gradient, head, head.column + 2 * width, 3 * width);
  }
  return gradient;
}

/**
 * to[at + c] = sum over j < count of weights[atWeights + j] · rows[atRows + j · stride + c], for c < width.
 * Eight sums at a time stay in registers: nearly twice as fast as adding row by row.
 */
export function weightedSum(
  to: Float64Array,
  at: number,
  width: number,
  rows: Float64Array,
  atRows: number,
  stride: number,
  weights: Float64Array,
  atWeights: number,
  count: number,
): void {
  const end = atWeights + count;
  let c = 0;
  for (; c + 7 < width; c += 8) {
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    let s4 = 0;
    let s5 = 0;
    let s6 = 0;
    let s7 = 0;
    let row = atRows + c;
    for (let j = atWeights; j < end; j++) {
      const weight = weights[j]!;
      s0 += weight * rows[row]!;
      s1 += weight * rows[row + 1]!;
      s2 += weight * rows[row + 2]!;
      s3 += weight * rows[row + 3]!;
      s4 += weight * rows[row + 4]!;
      s5 += weight * rows[row + 5]!;
      s6 += weight * rows[row + 6]!;
      s7 += weight * rows[row + 7]!;
      row += stride;
    }
    const place = at + c;
    to[place] = s0;
    to[place + 1] = s1;
    to[place + 2] = s2;
    to[place + 3] = s3;
    to[place + 4] = s4;
    to[place + 5] = s5;
    to[place + 6] = s6;
    to[place + 7] = s7;
  }
  for (; c < width; c++) {
    let sum = 0;
    for (let j = 0; j < count; j++) sum += weights[atWeights + j]! * rows[atRows + j * stride + c]!;
    to[at + c] = sum;
  }
}

/** Turns dP into dS · scale for one query, in place; its shares are shares[at …]. */
function softmaxBackward(
  gradient: Float64Array,
  shares: Float32Array,
  at: number,
  count: number,
  scale: number,
): void {
  let inner = 0;
  for (let j = 0; j < count; j++) inner += gradient[j]! * shares[at + j]!;
  for (let j = 0; j < count; j++) gradient[j] = shares[at + j]! * (gradient[j]! - inner) * scale;
}

/** Turns the first `count` scores, times `scale`, into shares that sum to 1. */
export function softmax(scores: Float64Array, count: number, scale: number): void {
  let highest = -Infinity;
  for (let j = 0; j < count; j++) if (scores[j]! > highest) highest = scores[j]!;
  let total = 0;
  for (let j = 0; j < count; j++) {
    const share = Math.exp((scores[j]! - highest) * scale);
    scores[j] = share;
    total += share;
  }
  const inverse = 1 / total;
  for (let j = 0; j < count; j++) scores[j]! *= inverse;
}

/** One head of one row: `length` tokens from `start`, columns [column, column + size). */
interface Head {
  readonly start: number;
  readonly length: number;
  readonly column: number;
  readonly size: number;
}

function* headsOf({ offsets, heads, width }: Layout): Generator<Head> {
  const size = width / heads;
  for (let b = 0; b + 1 < offsets.length; b++) {
    const start = offsets[b]!;
    const length = offsets[b + 1]! - start;
    for (let column = 0; column < width; column += size) yield { start, length, column, size };
  }
}

/** Copies a head's columns, from `column` on, of an (N, stride) matrix. */
function take(from: Float32Array, to: Float64Array, head: Head, column: number, stride: number): void {
  const { start, length, size } = head;
  for (let t = 0; t < length; t++) {
    const at = (start + t) * stride + column;
    for (let c = 0; c < size; c++) to[t * size + c] = from[at + c]!;
  }
}

/** As `take`, transposed: (d, room) instead of (length, d). */
function takeTransposed(
  from: Float32Array,
  to: Float64Array,
  head: Head,
  column: number,
  stride: number,
  room: number,
): void {
  const { start, length, size } = head;
  for (let t = 0; t < length; t++) {
    const at = (start + t) * stride + column;
    for (let c = 0; c < size; c++) to[c * room + t] = from[at + c]!;
  }
}

function put(from: Float64Array, to: Float32Array, head: Head, column: number, stride: number): void {
  const { start, length, size } = head;
  for (let t = 0; t < length; t++) {
    const at = (start + t) * stride + column;
    for (let c = 0; c < size; c++) to[at + c] = from[t * size + c]!;
  }
}

/** Four zero matrices of scratch. */
function matrices(length: number): readonly [Float64Array, Float64Array, Float64Array, Float64Array] {
  const matrix = () => new Float64Array(length);
  return [matrix(), matrix(), matrix(), matrix()];
}

/** To the next multiple of the eight sums that `weightedSum` takes at a time; scratch has room for them. */
export function roundUp(length: number): number {
  return 8 * Math.ceil(length / 8);
}

function longestRow(offsets: Int32Array): number {
  let longest = 0;
  for (let b = 0; b + 1 < offsets.length; b++) longest = Math.max(longest, offsets[b + 1]! - offsets[b]!);
  return longest;
}

/** Entries of the lower triangles (diagonal included) of all rows. */
function triangles(offsets: Int32Array): number {
  let sum = 0;
  for (let b = 0; b + 1 < offsets.length; b++) {
    const length = offsets[b + 1]! - offsets[b]!;
    sum += (length * (length + 1)) / 2;
  }
  return sum;
}
