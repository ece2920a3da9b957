import { greatest } from '../../extremes.js';
import type { Factors } from '../../learning/model/lora-rank.js';

/** A matrix as its columns, which are all of one length. */
type Columns = readonly Float64Array[];

/**
 * The best approximation of A · B (in, out) of a rank, as factors whose components come in falling order of their
 * singular values, each factor with the root of them (Eckart and Young 1936). What the product lacks in rank is zero.
 *
 * The product is never made: with Bᵀ = U S Vᵀ it is (A V S) Uᵀ, and with A V S = P T Wᵀ it is P T (U W)ᵀ.
 */
export function ofLowRank({ name, inputs, outputs, rank, a, b }: Factors, to: number): Factors {
  const right = decomposed(rowsOf(b, rank, outputs));
  const turnedA = times(columnsOf(a, inputs, rank), right.rotation);
  const left = decomposed(turnedA.map((column, k) => column.map((value) => value * right.values[k]!)));
  const order = left.values.map((_, k) => k).sort((k, l) => left.values[l]! - left.values[k]! || k - l);
  const [lowA, lowB] = [new Float64Array(inputs * to), new Float64Array(to * outputs)];
  order.slice(0, to).forEach((k, place) => {
    const root = Math.sqrt(left.values[k]!);
    const [row] = times(right.units, [left.rotation[k]!]) as [Float64Array];
    for (let i = 0; i < inputs; i++) lowA[i * to + place] = root * left.units[k]![i]!;
    for (let i = 0; i < outputs; i++) lowB[place * outputs + i] = root * row[i]!;
  });
  return { name, inputs, outputs, rank: to, a: lowA, b: lowB };
}

/** X = U S Vᵀ: singular values in no order, the columns of U with them (zero where the value is), and those of V. */
interface Decomposition {
  readonly values: readonly number[];
  readonly units: Columns;
  readonly rotation: Columns;
}

/** Sweeps after which columns that are still not orthogonal are a defect; five to ten are usual. */
const mostSweeps = 60;
/** Of orthogonality; and a column shorter than this part of the longest is zero but for rounding. */
const precision = 1e-14;

/**
 * Singular values by one-sided Jacobi rotations (Hestenes 1958): pairs of columns are rotated until all are
 * orthogonal. Slow for large matrices, accurate for small singular values, and the same on every machine.
 */
export function decomposed(columns: Columns): Decomposition {
  const x = columns.map((column) => column.slice());
  const v = columns.map((_, k) => Float64Array.from(columns, (_, l) => (k === l ? 1 : 0)));
  for (let sweep = 0, rotated = true; rotated; sweep++) {
    if (sweep === mostSweeps) throw new Error(`singular values did not settle in ${mostSweeps} sweeps`);
    rotated = false;
    const noise = (precision * largest(x)) ** 2;
    for (let k = 0; k < x.length; k++) {
      for (let l = k + 1; l < x.length; l++) {
        const [kk, ll, kl] = [dot(x[k]!, x[k]!), dot(x[l]!, x[l]!), dot(x[k]!, x[l]!)];
        if (Math.min(kk, ll) <= noise || Math.abs(kl) <= precision * Math.sqrt(kk * ll)) continue;
        rotated = true;
        const zeta = (ll - kk) / (2 * kl);
        const tangent = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta));
        rotate(x[k]!, x[l]!, tangent);
        rotate(v[k]!, v[l]!, tangent);
      }
    }
  }
  const lengths = x.map((column) => Math.sqrt(dot(column, column)));
  const floor = precision * largest(x);
  const values = lengths.map((length) => (length <= floor ? 0 : length));
  const units = x.map((column, k) => column.map((value) => (values[k] === 0 ? 0 : value / values[k]!)));
  return { values, units, rotation: v };
}

/** Turns two vectors into each other by the angle of this tangent. */
function rotate(one: Float64Array, other: Float64Array, tangent: number): void {
  const cosine = 1 / Math.sqrt(1 + tangent * tangent);
  const sine = cosine * tangent;
  for (let i = 0; i < one.length; i++) {
    const [a, b] = [one[i]!, other[i]!];
    one[i] = cosine * a - sine * b;
    other[i] = sine * a + cosine * b;
  }
}

/** The length of the longest. */
const largest = (columns: Columns) => Math.sqrt(greatest(columns.map((column) => dot(column, column))));

function dot(one: Float64Array, other: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < one.length; i++) sum += one[i]! * other[i]!;
  return sum;
}

/** The product of two matrices, column by column. */
function times(left: Columns, right: Columns): Columns {
  return right.map((weights) => {
    const product = new Float64Array(left[0]!.length);
    weights.forEach((weight, k) => {
      for (let i = 0; i < product.length; i++) product[i]! += weight * left[k]![i]!;
    });
    return product;
  });
}

/** Columns of a row-major matrix. */
function columnsOf(values: ArrayLike<number>, rows: number, columns: number): Columns {
  return Array.from({ length: columns }, (_, k) =>
    Float64Array.from({ length: rows }, (_, i) => values[i * columns + k]!),
  );
}

/** Rows of a row-major matrix: the columns of its transpose. */
function rowsOf(values: ArrayLike<number>, rows: number, columns: number): Columns {
  return Array.from({ length: rows }, (_, i) =>
    Float64Array.from({ length: columns }, (_, k) => values[i * columns + k]!),
  );
}
