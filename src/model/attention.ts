import * as tf from '@tensorflow/tfjs';
import { valuesOf } from './backend.js';

/*
 * Attention in plain JavaScript. On rows of a few dozen tokens it is a small part of the model's arithmetic, and a loop
 * that knows where each row ends computes only the causal half and no padding, in one pass where the backend's
 * operations would need a dozen. Each row and head is first copied to float64 scratch, contiguous.
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
  const size = layout.width / layout.heads;
  const output = new Float32Array(qkv.length / 3);
  const shares = new Float32Array(layout.heads * triangles(layout.offsets));
  const longest = longestRow(layout.offsets);
  const matrix = () => new Float64Array(longest * size);
  const [q, k, v, mixed] = [matrix(), matrix(), matrix(), matrix()] as const;
  const scores = new Float64Array(longest);
  let at = 0;
  for (const head of headsOf(layout)) {
    takeThree(qkv, q, k, v, head);
    for (let i = 0; i < head.length; i++) {
      dots(scores, 0, q, i * size, k, size, i + 1);
      softmax(scores, i + 1, 1 / Math.sqrt(size));
      for (let j = 0; j <= i; j++) shares[at + j] = scores[j]!;
      weightedSum(mixed, i * size, v, 0, size, scores, 0, i + 1);
      at += i + 1;
    }
    put(mixed, output, head, head.column, head.width);
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
  const size = layout.width / layout.heads;
  const gradient = new Float32Array(qkv.length);
  const longest = longestRow(layout.offsets);
  const matrix = () => new Float64Array(longest * size);
  const [q, k, v, dO] = [matrix(), matrix(), matrix(), matrix()] as const;
  const [dQ, dK, dV] = [matrix(), matrix(), matrix()] as const;
  const dScores = new Float64Array(longest);
  const shareColumns = new Float64Array(longest * longest);
  const dScoreColumns = new Float64Array(longest * longest);
  let at = 0;
  for (const head of headsOf(layout)) {
    const { length } = head;
    takeThree(qkv, q, k, v, head);
    take(dOutput, dO, head, head.column, head.width);
    for (let i = 0; i < length; i++) {
      dots(dScores, 0, dO, i * size, v, size, i + 1);
      let inner = 0;
      for (let j = 0; j <= i; j++) inner += dScores[j]! * shares[at + j]!;
      for (let j = 0; j <= i; j++) {
        const share = shares[at + j]!;
        const dScore = (share * (dScores[j]! - inner)) / Math.sqrt(size);
        dScores[j] = dScore;
        shareColumns[j * length + i] = share;
        dScoreColumns[j * length + i] = dScore;
      }
      weightedSum(dQ, i * size, k, 0, size, dScores, 0, i + 1);
      at += i + 1;
    }
    for (let j = 0; j < length; j++) {
      const [from, weights, count] = [j * size, j * length + j, length - j];
      weightedSum(dK, from, q, from, size, dScoreColumns, weights, count);
      weightedSum(dV, from, dO, from, size, shareColumns, weights, count);
    }
    put(dQ, gradient, head, head.column, 3 * head.width);
    put(dK, gradient, head, head.column + head.width, 3 * head.width);
    put(dV, gradient, head, head.column + 2 * head.width, 3 * head.width);
  }
  return gradient;
}

/** to[at + j] = a[atA …] · b[j · size …] for j < count: four products at a time keep the processor's adders busy. */
export function dots(
  to: Float64Array,
  at: number,
  a: Float64Array,
  atA: number,
  b: Float64Array,
  size: number,
  count: number,
): void {
  let j = 0;
  for (; j + 3 < count; j += 4) {
    const [b0, b1, b2, b3] = [j * size, (j + 1) * size, (j + 2) * size, (j + 3) * size];
    let sum0 = 0;
    let sum1 = 0;
    let sum2 = 0;
    let sum3 = 0;
    for (let c = 0; c < size; c++) {
      const value = a[atA + c]!;
      sum0 += value * b[b0 + c]!;
      sum1 += value * b[b1 + c]!;
      sum2 += value * b[b2 + c]!;
      sum3 += value * b[b3 + c]!;
    }
    to[at + j] = sum0;
    to[at + j + 1] = sum1;
    to[at + j + 2] = sum2;
    to[at + j + 3] = sum3;
  }
  for (; j < count; j++) {
    let sum = 0;
    for (let c = 0; c < size; c++) sum += a[atA + c]! * b[j * size + c]!;
    to[at + j] = sum;
  }
}

/** to[at …] = sum over j < count of weights[atWeights + j] · rows[atRows + j · size …], four rows at a time. */
export function weightedSum(
  to: Float64Array,
  at: number,
  rows: Float64Array,
  atRows: number,
  size: number,
  weights: Float64Array,
  atWeights: number,
  count: number,
): void {
  to.fill(0, at, at + size);
  let j = 0;
  for (; j + 3 < count; j += 4) {
    const r0 = atRows + j * size;
    const [r1, r2, r3] = [r0 + size, r0 + 2 * size, r0 + 3 * size];
    const w0 = weights[atWeights + j]!;
    const w1 = weights[atWeights + j + 1]!;
    const w2 = weights[atWeights + j + 2]!;
    const w3 = weights[atWeights + j + 3]!;
    for (let c = 0; c < size; c++) {
      to[at + c]! += w0 * rows[r0 + c]! + w1 * rows[r1 + c]! + (w2 * rows[r2 + c]! + w3 * rows[r3 + c]!);
    }
  }
  for (; j < count; j++) {
    const row = atRows + j * size;
    const share = weights[atWeights + j]!;
    for (let c = 0; c < size; c++) to[at + c]! += share * rows[row + c]!;
  }
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

/** One head of one row: `length` tokens from `start`, columns [column, column + size) of a width of C. */
interface Head {
  readonly start: number;
  readonly length: number;
  readonly column: number;
  readonly size: number;
  readonly width: number;
}

function* headsOf({ offsets, heads, width }: Layout): Generator<Head> {
  const size = width / heads;
  for (let b = 0; b + 1 < offsets.length; b++) {
    const start = offsets[b]!;
    const length = offsets[b + 1]! - start;
    for (let column = 0; column < width; column += size) yield { start, length, column, size, width };
  }
}

function takeThree(qkv: Float32Array, q: Float64Array, k: Float64Array, v: Float64Array, head: Head): void {
  take(qkv, q, head, head.column, 3 * head.width);
  take(qkv, k, head, head.column + head.width, 3 * head.width);
  take(qkv, v, head, head.column + 2 * head.width, 3 * head.width);
}

/** Copies a head's columns, from `column` on, of an (N, stride) matrix. */
function take(from: Float32Array, to: Float64Array, head: Head, column: number, stride: number): void {
  const { start, length, size } = head;
  for (let t = 0; t < length; t++) {
    const at = (start + t) * stride + column;
    for (let c = 0; c < size; c++) to[t * size + c] = from[at + c]!;
  }
}

function put(from: Float64Array, to: Float32Array, head: Head, column: number, stride: number): void {
  const { start, length, size } = head;
  for (let t = 0; t < length; t++) {
    const at = (start + t) * stride + column;
    for (let c = 0; c < size; c++) to[at + c] = from[t * size + c]!;
  }
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
