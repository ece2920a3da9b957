import { exp4 } from './elementary';
import { Address, get, get4, logarithm, max4, put, put4, sum4 } from './memory';

/** The largest of `count` >= 1 numbers. */
export function largest(x: Address, count: usize): f32 {
  let highest = f32x4.splat(-Infinity);
  let i: usize = 0;
  for (; i + 4 <= count; i += 4) highest = f32x4.max(highest, get4(x, i));
  let found = max4(highest);
  for (; i < count; i++) found = max(found, get(x, i));
  return found;
}

/** Sum of e^(x − shift); where `y` is not 0, the terms are written there. */
export function expSum(x: Address, shift: f32, y: Address, count: usize): f32 {
  const shift4 = f32x4.splat(shift);
  let sums = f32x4.splat(0);
  let i: usize = 0;
  for (; i + 4 <= count; i += 4) {
    const term = exp4(f32x4.sub(get4(x, i), shift4));
    if (y) put4(y, i, term);
    sums = f32x4.add(sums, term);
  }
  let sum = sum4(sums);
  for (; i < count; i++) {
    const term = f32x4.extract_lane(exp4(f32x4.splat(get(x, i) - shift)), 0);
    if (y) put(y, i, term);
    sum += term;
  }
  return sum;
}

export function scaleInPlace(x: Address, factor: f32, count: usize): void {
  const factor4 = f32x4.splat(factor);
  let i: usize = 0;
  for (; i + 4 <= count; i += 4) put4(x, i, f32x4.mul(get4(x, i), factor4));
  for (; i < count; i++) put(x, i, get(x, i) * factor);
}

/** sum of a[i] · b[i]. */
export function dot(a: Address, b: Address, count: usize): f32 {
  let sums = f32x4.splat(0);
  let i: usize = 0;
  for (; i + 4 <= count; i += 4) sums = f32x4.add(sums, f32x4.mul(get4(a, i), get4(b, i)));
  let sum = sum4(sums);
  for (; i < count; i++) sum += get(a, i) * get(b, i);
  return sum;
}

/**
 * Log-softmax of each row of scores (rows, width) at ids[row]. `normalizers` gets each row's logarithm of the
 * sum of exponentials.
 */
export function logSoftmaxAt(
  scores: Address,
  ids: Address,
  logProbs: Address,
  normalizers: Address,
  rows: usize,
  width: usize,
): void {
  for (let row: usize = 0; row < rows; row++) {
    const own = scores + ((row * width) << 2);
    const highest = largest(own, width);
    const normalizer: f32 = highest + <f32>logarithm(expSum(own, highest, 0, width));
    put(normalizers, row, normalizer);
    put(logProbs, row, get(own, <usize>load<i32>(ids + (row << 2))) - normalizer);
  }
}

/** d logProb[row] / d scores = onehot − softmax, times dy[row]. */
export function logSoftmaxAtGradient(
  dy: Address,
  scores: Address,
  ids: Address,
  normalizers: Address,
  dScores: Address,
  rows: usize,
  width: usize,
): void {
  for (let row: usize = 0; row < rows; row++) {
    const own = scores + ((row * width) << 2);
    const to = dScores + ((row * width) << 2);
    const upstream = get(dy, row);
    expSum(own, get(normalizers, row), to, width);
    scaleInPlace(to, -upstream, width);
    const id = <usize>load<i32>(ids + (row << 2));
    put(to, id, get(to, id) + upstream);
  }
}
