import { Address, get, get4, logarithm, put, put4 } from './memory';
import { product } from './product';
import { dot, expSum, largest, scaleInPlace } from './softmax';

/*
 * Attention over rows that lie one after the other in qkv (N, 3C): queries, keys and values side by side,
 * heads side by side within each. Row b is tokens offsets[b] … offsets[b + 1] − 1. Only scores that a token
 * may look at are computed, and no more than one head's scores (T, T) exist at a time: the backward pass
 * computes them again from the logarithm of each softmax's sum (Dao et al. 2022).
 */

/** Bytes of scratch that both passes need for rows of at most `longest` tokens and heads of `size`. */
export function attentionScratch(longest: usize, size: usize): usize {
  const padded = upToEight(longest);
  return (2 * size * padded + 2 * padded * padded) << 2;
}

@inline
function upToEight(count: usize): usize {
  return (count + 7) & ~7;
}

/** out (N, C) and, for the backward pass, normalizers (N, heads). */
export function attention(
  qkv: Address, offsets: Address, rows: usize, heads: usize, width: usize, causal: bool,
  out: Address, normalizers: Address, scratch: Address,
): void {
  const size = width / heads;
  const scale: f32 = 1 / Mathf.sqrt(<f32>size);
  for (let row: usize = 0; row < rows; row++) {
    const start = <usize>load<i32>(offsets + (row << 2));
    const length = <usize>load<i32>(offsets + ((row + 1) << 2)) - start;
    const padded = upToEight(length);
    const shares = scratch + ((2 * size * padded) << 2);
    for (let head: usize = 0; head < heads; head++) {
      const q = qkv + ((start * 3 * width + head * size) << 2);
      const own = normalizers + ((start * heads + head) << 2);
      transposed(q + (width << 2), 3 * width, scratch, padded, length, size);
      scores(q, scratch, shares, length, size, 3 * width, padded, scale, causal);
      for (let i: usize = 0; i < length; i++) {
        const line = shares + ((i * padded) << 2);
        const seen = causal ? i + 1 : length;
        const highest = largest(line, seen);
        const sum = expSum(line, highest, line, seen);
        scaleInPlace(line, 1 / sum, seen);
        clear(line, seen, padded);
        put(own, i * heads, highest + <f32>logarithm(sum));
      }
      const to = out + ((start * width + head * size) << 2);
      mix(shares, q + (width << 3), to, length, size, padded, 3 * width, width, causal);
    }
  }
}

/**
 * With P the shares and dP = dO Vᵀ: dS = P · (dP − sum(P · dP)) / sqrt(d), dQ = dS K, dK = dSᵀ Q, dV = Pᵀ dO;
 * dQkv is (N, 3C).
 */
export function attentionGradient(
  dOut: Address, qkv: Address, normalizers: Address, offsets: Address, rows: usize, heads: usize,
  width: usize, causal: bool, dQkv: Address, scratch: Address,
): void {
  const size = width / heads;
  const scale: f32 = 1 / Mathf.sqrt(<f32>size);
  for (let row: usize = 0; row < rows; row++) {
    const start = <usize>load<i32>(offsets + (row << 2));
    const length = <usize>load<i32>(offsets + ((row + 1) << 2)) - start;
    const padded = upToEight(length);
    const keys = scratch;
    const values = scratch + ((size * padded) << 2);
    const shares = scratch + ((2 * size * padded) << 2);
    const changes = shares + ((padded * padded) << 2);
    for (let head: usize = 0; head < heads; head++) {
      const column = (start * 3 * width + head * size) << 2;
      const q = qkv + column, k = q + (width << 2), v = q + (width << 3);
      const dQ = dQkv + column, dK = dQ + (width << 2), dV = dQ + (width << 3);
      const dO = dOut + ((start * width + head * size) << 2);
      const own = normalizers + ((start * heads + head) << 2);
      transposed(k, 3 * width, keys, padded, length, size);
      transposed(v, 3 * width, values, padded, length, size);
      scores(q, keys, shares, length, size, 3 * width, padded, scale, causal);
      scores(dO, values, changes, length, size, width, padded, 1, causal);
      for (let i: usize = 0; i < length; i++) {
        const line = shares + ((i * padded) << 2);
        const change = changes + ((i * padded) << 2);
        const seen = causal ? i + 1 : length;
        expSum(line, get(own, i * heads), line, seen);
        clear(line, seen, padded);
        towardsScores(line, change, seen, scale);
        clear(change, seen, padded);
      }
      mix(changes, k, dQ, length, size, padded, 3 * width, 3 * width, causal);
      mixTransposed(changes, q, dK, length, size, padded, 3 * width, 3 * width, causal);
      mixTransposed(shares, dO, dV, length, size, padded, width, 3 * width, causal);
    }
  }
}

/** to (size, padded) = the transpose of from (length, size), whose rows are `stride` apart; zero beyond. */
function transposed(
  from: Address, stride: usize, to: Address, padded: usize, length: usize, size: usize,
): void {
  for (let c: usize = 0; c < size; c++) {
    const line = to + ((c * padded) << 2);
    for (let t: usize = 0; t < length; t++) put(line, t, get(from, t * stride + c));
    clear(line, length, padded);
  }
}

function clear(x: Address, from: usize, to: usize): void {
  if (to > from) memory.fill(x + (from << 2), 0, (to - from) << 2);
}

/** to (length, padded) = scale · from (length, size) · columns (size, padded), where a token may look. */
function scores(
  from: Address, columns: Address, to: Address, length: usize, size: usize, stride: usize, padded: usize,
  scale: f32, causal: bool,
): void {
  for (let i: usize = 0; i < length; i += 4) {
    const count = min<usize>(4, length - i);
    const seen = causal ? upToEight(i + count) : padded;
    product(
      count, seen, size, scale, from + ((i * stride) << 2), stride, 1, columns, padded,
      to + ((i * padded) << 2), padded, false,
    );
  }
}

/** to (length, size) = shares (length, padded) · from (length, size). */
function mix(
  shares: Address, from: Address, to: Address, length: usize, size: usize, padded: usize,
  strideFrom: usize, strideTo: usize, causal: bool,
): void {
  for (let i: usize = 0; i < length; i += 4) {
    const count = min<usize>(4, length - i);
    product(
      count, size, causal ? i + count : length, 1, shares + ((i * padded) << 2), padded, 1, from, strideFrom,
      to + ((i * strideTo) << 2), strideTo, false,
    );
  }
}

/**
 * to (length, size) = sharesᵀ · from (length, size): column j has entries from row j on where it is causal.
 */
function mixTransposed(
  shares: Address, from: Address, to: Address, length: usize, size: usize, padded: usize,
  strideFrom: usize, strideTo: usize, causal: bool,
): void {
  for (let j: usize = 0; j < length; j += 4) {
    const count = min<usize>(4, length - j);
    const first = causal ? j : 0;
    product(
      count, size, length - first, 1, shares + ((first * padded + j) << 2), 1, padded,
      from + ((first * strideFrom) << 2), strideFrom, to + ((j * strideTo) << 2), strideTo, false,
    );
  }
}

/** Turns dP into dS · scale for one query, in place. */
function towardsScores(shares: Address, change: Address, count: usize, scale: f32): void {
  const inner = dot(shares, change, count);
  for (let j: usize = 0; j < count; j++) {
    put(change, j, get(shares, j) * (get(change, j) - inner) * scale);
  }
}

/**
 * One new token for each of `rows` rows against what a cache holds: qkv (rows, 3C); keys and values are (…,
 * capacity, C), row r's at index places[2r], where places[2r + 1] tokens stand already; the new one is added.
 * out is (rows, C), scratch holds `capacity` floats.
 */
export function attendToCache(
  qkv: Address, places: Address, rows: usize, heads: usize, width: usize, capacity: usize,
  keys: Address, values: Address, out: Address, scratch: Address,
): void {
  const size = width / heads;
  const scale: f32 = 1 / Mathf.sqrt(<f32>size);
  for (let row: usize = 0; row < rows; row++) {
    const cached = <usize>load<i32>(places + (row << 3));
    const length = <usize>load<i32>(places + (row << 3), 4);
    const own = qkv + ((row * 3 * width) << 2);
    const start = (cached * capacity * width) << 2;
    memory.copy(keys + start + ((length * width) << 2), own + (width << 2), width << 2);
    memory.copy(values + start + ((length * width) << 2), own + (width << 3), width << 2);
    for (let head: usize = 0; head < heads; head++) {
      const column = (head * size) << 2;
      scoresOf(own + column, keys + start + column, width, scratch, length + 1, size, scale);
      const highest = largest(scratch, length + 1);
      const sum = expSum(scratch, highest, scratch, length + 1);
      const to = out + ((row * width) << 2) + column;
      product(1, size, length + 1, 1 / sum, scratch, 0, 1, values + start + column, width, to, width, false);
    }
  }
}

/** to[j] = scale · the dot product of a query with key j, of `count` keys whose beginnings are `stride` apart. */
function scoresOf(
  query: Address, keys: Address, stride: usize, to: Address, count: usize, size: usize, scale: f32,
): void {
  const step = stride << 2;
  let j: usize = 0;
  for (; j + 4 <= count && size % 4 == 0; j += 4) {
    const k0 = keys + j * step, k1 = k0 + step, k2 = k1 + step, k3 = k2 + step;
    let s0 = f32x4.splat(0), s1 = f32x4.splat(0), s2 = f32x4.splat(0), s3 = f32x4.splat(0);
    for (let c: usize = 0; c < size; c += 4) {
      const q = get4(query, c);
      s0 = f32x4.add(s0, f32x4.mul(q, get4(k0, c)));
      s1 = f32x4.add(s1, f32x4.mul(q, get4(k1, c)));
      s2 = f32x4.add(s2, f32x4.mul(q, get4(k2, c)));
      s3 = f32x4.add(s3, f32x4.mul(q, get4(k3, c)));
    }
    put4(to, j, f32x4.mul(sumsOf(s0, s1, s2, s3), f32x4.splat(scale)));
  }
  for (; j < count; j++) put(to, j, scale * dot(query, keys + j * step, size));
}

/** The sum of the lanes of each of four vectors. */
@inline
function sumsOf(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(f32x4.shuffle(a, b, 0, 4, 1, 5), f32x4.shuffle(a, b, 2, 6, 3, 7));
  const cd = f32x4.add(f32x4.shuffle(c, d, 0, 4, 1, 5), f32x4.shuffle(c, d, 2, 6, 3, 7));
  return f32x4.add(f32x4.shuffle(ab, cd, 0, 1, 4, 5), f32x4.shuffle(ab, cd, 2, 3, 6, 7));
}
