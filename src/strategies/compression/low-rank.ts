import type { Stream } from '../../simulation/random/stream.js';

/** A matrix, row-major. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: ArrayLike<number>;
}

export interface Factors {
  /** (rows, r), its columns orthonormal or 0. */
  readonly p: Float32Array;
  /** (columns, r) */
  readonly q: Float32Array;
}

/** What is left of a column after those before it is taken for rounding, below this part of it. */
const negligible = 1e-10;

/**
 * One step of subspace iteration: P = M Q, its columns made orthonormal, Q = Mᵀ P; M is about P Qᵀ (Vogels,
 * Karimireddy and Jaggi, PowerSGD, NeurIPS 2019, Algorithm 1). `start` is Q (columns, r). P is rounded to float32
 * before Q is made of it, as the recipient has it.
 */
export function factorized({ rows, columns, values }: Matrix, start: Float32Array, r: number): Factors {
  const product = new Float64Array(rows * r);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const value = values[i * columns + j]!;
      for (let c = 0; c < r; c++) product[i * r + c]! += value * start[j * r + c]!;
    }
  }
  const p = Float32Array.from(orthonormalized(product, rows, r));
  const q = new Float64Array(columns * r);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const value = values[i * columns + j]!;
      for (let c = 0; c < r; c++) q[j * r + c]! += value * p[i * r + c]!;
    }
  }
  return { p, q: Float32Array.from(q) };
}

/** P Qᵀ into `values`, row-major. */
export function multiplied({ p, q }: Factors, r: number, values: Float32Array): void {
  const [rows, columns] = [p.length / r, q.length / r];
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      let sum = 0;
      for (let c = 0; c < r; c++) sum += p[i * r + c]! * q[j * r + c]!;
      values[i * columns + j] = sum;
    }
  }
}

/** The Q before; what it has not, or lost as the matrix had no such rank, is drawn standard normal. */
export function startOf(
  before: Float32Array | undefined,
  columns: number,
  r: number,
  draw: Stream,
): Float32Array {
  const start = before ? before.slice() : new Float32Array(columns * r);
  for (let c = 0; c < r; c++) {
    const isLost = columnOf(start, columns, r, c).every((value) => value === 0);
    if (isLost) for (let j = 0; j < columns; j++) start[j * r + c] = draw.normal();
  }
  return start;
}

/** By Gram and Schmidt, each column twice, which is enough; one that depends on those before it becomes 0. */
function orthonormalized(matrix: Float64Array, rows: number, r: number): Float64Array {
  for (let c = 0; c < r; c++) {
    const before = norm(columnOf(matrix, rows, r, c));
    for (let pass = 0; pass < 2; pass++) {
      for (let other = 0; other < c; other++) {
        let product = 0;
        for (let i = 0; i < rows; i++) product += matrix[i * r + other]! * matrix[i * r + c]!;
        for (let i = 0; i < rows; i++) matrix[i * r + c]! -= product * matrix[i * r + other]!;
      }
    }
    const left = norm(columnOf(matrix, rows, r, c));
    const factor = left > negligible * before ? 1 / left : 0;
    for (let i = 0; i < rows; i++) matrix[i * r + c]! *= factor;
  }
  return matrix;
}

function columnOf(matrix: ArrayLike<number>, rows: number, r: number, column: number): number[] {
  return Array.from({ length: rows }, (_, i) => matrix[i * r + column]!);
}

const norm = (vector: readonly number[]) => Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
