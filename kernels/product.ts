import { Address, get, get4, put, splatAt } from './memory';

/**
 * C = alpha · A · B, or C += alpha · A · B: A is (m, k) with any strides (so that a transpose is free), B and
 * C are row-major with rows `strideB` and `strideC` apart. For the small products inside attention; the large
 * ones are XNNPACK's. Four rows by eight columns of C stay in registers.
 */
export function product(
  m: usize, n: usize, k: usize, alpha: f32,
  a: Address, rowA: usize, columnA: usize,
  b: Address, strideB: usize,
  c: Address, strideC: usize, adds: bool,
): void {
  let i: usize = 0;
  for (; i + 4 <= m; i += 4) {
    const from = a + ((i * rowA) << 2);
    const to = c + ((i * strideC) << 2);
    let j: usize = 0;
    for (; j + 8 <= n; j += 8) {
      fourByEight(k, alpha, from, rowA, columnA, b + (j << 2), strideB, to + (j << 2), strideC, adds);
    }
    for (let row: usize = 0; row < 4; row++) {
      const line = from + ((row * rowA) << 2);
      rest(j, n, k, alpha, line, columnA, b, strideB, to + ((row * strideC) << 2), adds);
    }
  }
  for (; i < m; i++) {
    const from = a + ((i * rowA) << 2);
    const to = c + ((i * strideC) << 2);
    let j: usize = 0;
    for (; j + 32 <= n; j += 32) {
      oneByThirtyTwo(k, alpha, from, columnA, b + (j << 2), strideB, to + (j << 2), adds);
    }
    for (; j + 8 <= n; j += 8) {
      oneByEight(k, alpha, from, columnA, b + (j << 2), strideB, to + (j << 2), adds);
    }
    rest(j, n, k, alpha, from, columnA, b, strideB, to, adds);
  }
}

@inline
function fourByEight(
  k: usize, alpha: f32, a: Address, rowA: usize, columnA: usize,
  b: Address, strideB: usize, c: Address, strideC: usize, adds: bool,
): void {
  let c00 = f32x4.splat(0), c01 = f32x4.splat(0);
  let c10 = f32x4.splat(0), c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0), c21 = f32x4.splat(0);
  let c30 = f32x4.splat(0), c31 = f32x4.splat(0);
  const stepA = columnA << 2;
  const stepB = strideB << 2;
  let a0 = a, a1 = a + (rowA << 2), a2 = a + (rowA << 3), a3 = a + ((rowA * 3) << 2);
  for (let inner: usize = 0; inner < k; inner++) {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    const x0 = v128.load32_splat(a0);
    c00 = f32x4.add(c00, f32x4.mul(x0, b0));
    c01 = f32x4.add(c01, f32x4.mul(x0, b1));
    const x1 = v128.load32_splat(a1);
    c10 = f32x4.add(c10, f32x4.mul(x1, b0));
    c11 = f32x4.add(c11, f32x4.mul(x1, b1));
    const x2 = v128.load32_splat(a2);
    c20 = f32x4.add(c20, f32x4.mul(x2, b0));
    c21 = f32x4.add(c21, f32x4.mul(x2, b1));
    const x3 = v128.load32_splat(a3);
    c30 = f32x4.add(c30, f32x4.mul(x3, b0));
    c31 = f32x4.add(c31, f32x4.mul(x3, b1));
    a0 += stepA; a1 += stepA; a2 += stepA; a3 += stepA;
    b += stepB;
  }
  eight(c, alpha, c00, c01, adds);
  eight(c + (strideC << 2), alpha, c10, c11, adds);
  eight(c + (strideC << 3), alpha, c20, c21, adds);
  eight(c + ((strideC * 3) << 2), alpha, c30, c31, adds);
}

@inline
function oneByEight(
  k: usize, alpha: f32, a: Address, columnA: usize, b: Address, strideB: usize, c: Address, adds: bool,
): void {
  let c0 = f32x4.splat(0), c1 = f32x4.splat(0);
  for (let inner: usize = 0; inner < k; inner++) {
    const x = splatAt(a, inner * columnA);
    c0 = f32x4.add(c0, f32x4.mul(x, get4(b, inner * strideB)));
    c1 = f32x4.add(c1, f32x4.mul(x, get4(b, inner * strideB + 4)));
  }
  eight(c, alpha, c0, c1, adds);
}

@inline
function oneByThirtyTwo(
  k: usize, alpha: f32, a: Address, columnA: usize, b: Address, strideB: usize, c: Address, adds: bool,
): void {
  let c0 = f32x4.splat(0), c1 = f32x4.splat(0), c2 = f32x4.splat(0), c3 = f32x4.splat(0);
  let c4 = f32x4.splat(0), c5 = f32x4.splat(0), c6 = f32x4.splat(0), c7 = f32x4.splat(0);
  for (let inner: usize = 0; inner < k; inner++) {
    const x = splatAt(a, inner * columnA);
    const row = b + ((inner * strideB) << 2);
    c0 = f32x4.add(c0, f32x4.mul(x, v128.load(row)));
    c1 = f32x4.add(c1, f32x4.mul(x, v128.load(row, 16)));
    c2 = f32x4.add(c2, f32x4.mul(x, v128.load(row, 32)));
    c3 = f32x4.add(c3, f32x4.mul(x, v128.load(row, 48)));
    c4 = f32x4.add(c4, f32x4.mul(x, v128.load(row, 64)));
    c5 = f32x4.add(c5, f32x4.mul(x, v128.load(row, 80)));
    c6 = f32x4.add(c6, f32x4.mul(x, v128.load(row, 96)));
    c7 = f32x4.add(c7, f32x4.mul(x, v128.load(row, 112)));
  }
  eight(c, alpha, c0, c1, adds);
  eight(c + 32, alpha, c2, c3, adds);
  eight(c + 64, alpha, c4, c5, adds);
  eight(c + 96, alpha, c6, c7, adds);
}

@inline
function eight(c: Address, alpha: f32, first: v128, second: v128, adds: bool): void {
  const scale = f32x4.splat(alpha);
  let c0 = f32x4.mul(first, scale), c1 = f32x4.mul(second, scale);
  if (adds) {
    c0 = f32x4.add(c0, v128.load(c));
    c1 = f32x4.add(c1, v128.load(c, 16));
  }
  v128.store(c, c0);
  v128.store(c, c1, 16);
}

/**
 * Columns from `first` on, fewer than eight, of one row. Four at a time; where nothing is added, the last four may
 * overlap columns that stand already.
 */
function rest(
  first: usize, n: usize, k: usize, alpha: f32, a: Address, columnA: usize,
  b: Address, strideB: usize, c: Address, adds: bool,
): void {
  let j = first;
  if (j + 4 <= n) {
    four(k, alpha, a, columnA, b + (j << 2), strideB, c + (j << 2), adds);
    j += 4;
  }
  if (j < n && !adds && n >= 4) {
    four(k, alpha, a, columnA, b + ((n - 4) << 2), strideB, c + ((n - 4) << 2), false);
    return;
  }
  for (; j < n; j++) {
    let sum: f32 = 0;
    for (let inner: usize = 0; inner < k; inner++) {
      sum += get(a, inner * columnA) * get(b, inner * strideB + j);
    }
    put(c, j, adds ? get(c, j) + alpha * sum : alpha * sum);
  }
}

@inline
function four(
  k: usize, alpha: f32, a: Address, columnA: usize, b: Address, strideB: usize, c: Address, adds: bool,
): void {
  let sum = f32x4.splat(0);
  for (let inner: usize = 0; inner < k; inner++) {
    sum = f32x4.add(sum, f32x4.mul(splatAt(a, inner * columnA), get4(b, inner * strideB)));
  }
  sum = f32x4.mul(sum, f32x4.splat(alpha));
  v128.store(c, adds ? f32x4.add(sum, v128.load(c)) : sum);
}
