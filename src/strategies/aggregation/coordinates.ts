/** Where all of a rule's vectors stand in memory that it does not write to. */
export type Vector = Float32Array | Float64Array;

/** For each coordinate what `pick` makes of its values over the vectors, sorted upwards; it may not keep them. */
export function perCoordinate(
  vectors: readonly Vector[],
  pick: (sorted: Float64Array) => number,
): Float64Array {
  const picked = new Float64Array(vectors[0]!.length);
  const column = new Float64Array(vectors.length);
  for (let i = 0; i < picked.length; i++) {
    for (let k = 0; k < column.length; k++) column[k] = vectors[k]![i]!;
    picked[i] = pick(column.sort());
  }
  return picked;
}

/** The middle of sorted values, the mean of the two middles of an even number. */
export function middle(sorted: Float64Array): number {
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/** The mean of sorted values from one index up to before another. */
export function meanBetween(sorted: Float64Array, from: number, to: number): number {
  let sum = 0;
  for (let k = from; k < to; k++) sum += sorted[k]!;
  return sum / (to - from);
}

/** Σ w·x / Σ w; without weights the plain mean. RangeError where there is no weight. */
export function meanVector(
  vectors: readonly Vector[],
  weights: readonly number[] = vectors.map(() => 1),
): Float64Array {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (!(total > 0)) throw new RangeError('the updates have no weight: no training rows are behind them');
  const mean = new Float64Array(vectors[0]!.length);
  for (const [k, vector] of vectors.entries()) {
    const weight = weights[k]!;
    for (let i = 0; i < mean.length; i++) mean[i]! += weight * vector[i]!;
  }
  return mean.map((sum) => sum / total);
}

/** ‖a − b‖². */
export function squaredDistance(a: Vector, b: Vector): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = a[i]! - b[i]!;
    sum += difference * difference;
  }
  return sum;
}

/** ‖a‖. */
export function norm(a: Vector): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * a[i]!;
  return Math.sqrt(sum);
}

/** The cosine of the angle between two vectors; 1 where one of them has no direction. */
export function cosine(a: Vector, b: Vector): number {
  const lengths = norm(a) * norm(b);
  if (lengths === 0) return 1;
  let product = 0;
  for (let i = 0; i < a.length; i++) product += a[i]! * b[i]!;
  return product / lengths;
}
