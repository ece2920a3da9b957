import { Address, get, put } from './memory';

/*
 * Large products. What is multiplied is copied first, so that the innermost loop reads two addresses that go on by one step:
 * eight columns of B at a time ("a panel": the eight values that their sums begin with, then eight of each k), and
 * four rows of A ("a strip": four of each k). What is missing to eight and to four is 0 there, and is not stored.
 * An unrolled loop, or six rows, is slower: V8 then keeps sums in memory.
 */

/** Bytes that `packedProduct` needs beside its operands. */
export function packedScratch(m: usize, n: usize, k: usize): usize {
  return tileBytes + panelsAtOnce(n, k) * panelBytes(k) + stripsAtOnce(m, k) * stripBytes(k);
}

/**
 * C = A · B, and + bias (n) in each row where `bias` is an address: (m, k) · (k, n), both with any strides, so that a
 * transpose is free; C is row-major. Each element begins with its bias and adds its products in the order of k, as XNNPACK's
 * does: the results are the same to the bit.
 */
export function packedProduct(
  m: usize, n: usize, k: usize,
  a: Address, rowA: usize, columnA: usize,
  b: Address, rowB: usize, columnB: usize,
  bias: Address, c: Address, scratch: Address,
): void {
  const panels = scratch + tileBytes;
  const columns = panelsAtOnce(n, k) << 3;
  const strips = panels + panelsAtOnce(n, k) * panelBytes(k);
  const rows = stripsAtOnce(m, k) << 2;
  for (let left: usize = 0; left < n; left += columns) {
    const width = min(columns, n - left);
    packPanels(width, k, b + ((left * columnB) << 2), rowB, columnB, bias && bias + (left << 2), panels);
    for (let top: usize = 0; top < m; top += rows) {
      const height = min(rows, m - top);
      packStrips(height, k, a + ((top * rowA) << 2), rowA, columnA, strips);
      block(height, width, k, strips, panels, c + ((top * n + left) << 2), n, scratch);
    }
  }
}

const tileBytes: usize = 4 * 8 * 4;

@inline
function stripBytes(k: usize): usize {
  return k << 4;
}

@inline
function panelBytes(k: usize): usize {
  return (k + 1) << 5;
}

/** Two megabytes of them: each is read once per block of strips. */
@inline
function panelsAtOnce(n: usize, k: usize): usize {
  return min((n + 7) >> 3, max<usize>(1, (1 << 21) / panelBytes(k)));
}

/** As many as a core's second cache holds beside a panel: an eighth of a megabyte, read once per panel. */
@inline
function stripsAtOnce(m: usize, k: usize): usize {
  return min((m + 3) >> 2, max<usize>(1, (1 << 17) / stripBytes(k)));
}

/** C (height, width), its rows `strideC` apart. */
function block(
  height: usize, width: usize, k: usize, strips: Address, panels: Address, c: Address, strideC: usize, tile: Address,
): void {
  for (let j: usize = 0; j < width; j += 8) {
    const panel = panels + (j >> 3) * panelBytes(k);
    for (let i: usize = 0; i < height; i += 4) {
      const strip = strips + (i >> 2) * stripBytes(k);
      const to = c + ((i * strideC + j) << 2);
      if (i + 4 <= height && j + 8 <= width) {
        fourByEight(k, strip, panel, to, strideC);
      } else {
        fourByEight(k, strip, panel, tile, 8);
        copyTile(min(height - i, 4), min(width - j, 8), tile, to, strideC);
      }
    }
  }
}

/** C (4, 8), its rows `strideC` apart. */
@inline
function fourByEight(k: usize, strip: Address, panel: Address, c: Address, strideC: usize): void {
  let c00 = v128.load(panel), c01 = v128.load(panel, 16);
  let c10 = c00, c11 = c01;
  let c20 = c00, c21 = c01;
  let c30 = c00, c31 = c01;
  const end = strip + stripBytes(k);
  while (strip < end) {
    panel += 32;
    const b0 = v128.load(panel), b1 = v128.load(panel, 16);
    const x0 = v128.load32_splat(strip);
    c00 = f32x4.add(c00, f32x4.mul(x0, b0));
    c01 = f32x4.add(c01, f32x4.mul(x0, b1));
    const x1 = v128.load32_splat(strip, 4);
    c10 = f32x4.add(c10, f32x4.mul(x1, b0));
    c11 = f32x4.add(c11, f32x4.mul(x1, b1));
    const x2 = v128.load32_splat(strip, 8);
    c20 = f32x4.add(c20, f32x4.mul(x2, b0));
    c21 = f32x4.add(c21, f32x4.mul(x2, b1));
    const x3 = v128.load32_splat(strip, 12);
    c30 = f32x4.add(c30, f32x4.mul(x3, b0));
    c31 = f32x4.add(c31, f32x4.mul(x3, b1));
    strip += 16;
  }
  const row = strideC << 2;
  v128.store(c, c00);
  v128.store(c, c01, 16);
  v128.store(c + row, c10);
  v128.store(c + row, c11, 16);
  v128.store(c + row * 2, c20);
  v128.store(c + row * 2, c21, 16);
  v128.store(c + row * 3, c30);
  v128.store(c + row * 3, c31, 16);
}

function packPanels(
  n: usize, k: usize, b: Address, rowB: usize, columnB: usize, bias: Address, panels: Address,
): void {
  for (let j: usize = 0; j < n; j += 8) {
    const columns = min(n - j, 8);
    packPanel(columns, k, b + ((j * columnB) << 2), rowB, columnB, bias && bias + (j << 2), panels);
    panels += panelBytes(k);
  }
}

function packPanel(
  columns: usize, k: usize, b: Address, rowB: usize, columnB: usize, bias: Address, panel: Address,
): void {
  if (columns < 8) memory.fill(panel, 0, panelBytes(k));
  for (let j: usize = 0; j < columns; j++) put(panel, j, bias ? get(bias, j) : 0);
  panel += 32;
  if (columns == 8 && columnB == 1) {
    for (let inner: usize = 0; inner < k; inner++) {
      const from = b + ((inner * rowB) << 2);
      v128.store(panel + (inner << 5), v128.load(from));
      v128.store(panel + (inner << 5), v128.load(from, 16), 16);
    }
    return;
  }
  if (columns == 8 && rowB == 1) {
    copyFourLines(k, b, columnB, panel, 8);
    copyFourLines(k, b + (columnB << 4), columnB, panel + 16, 8);
    return;
  }
  for (let j: usize = 0; j < columns; j++) copyLine(k, b + ((j * columnB) << 2), rowB, panel + (j << 2), 8);
}

function packStrips(m: usize, k: usize, a: Address, rowA: usize, columnA: usize, strips: Address): void {
  for (let i: usize = 0; i < m; i += 4) {
    packStrip(min(m - i, 4), k, a + ((i * rowA) << 2), rowA, columnA, strips);
    strips += stripBytes(k);
  }
}

function packStrip(rows: usize, k: usize, a: Address, rowA: usize, columnA: usize, strip: Address): void {
  if (rows < 4) memory.fill(strip, 0, stripBytes(k));
  if (rows == 4 && rowA == 1) {
    for (let inner: usize = 0; inner < k; inner++) {
      v128.store(strip + (inner << 4), v128.load(a + ((inner * columnA) << 2)));
    }
    return;
  }
  if (rows == 4 && columnA == 1) {
    copyFourLines(k, a, rowA, strip, 4);
    return;
  }
  for (let i: usize = 0; i < rows; i++) copyLine(k, a + ((i * rowA) << 2), columnA, strip + (i << 2), 4);
}

/**
 * Four lines of k elements each, which lie `apart`, become k groups of four, `to` apart: a transpose, four by four in registers.
 */
@inline
function copyFourLines(k: usize, source: Address, apart: usize, target: Address, to: usize): void {
  const line = apart << 2;
  const group = to << 2;
  let inner: usize = 0;
  for (; inner + 4 <= k; inner += 4) {
    const from = source + (inner << 2);
    const w = v128.load(from), x = v128.load(from + line);
    const y = v128.load(from + line * 2), z = v128.load(from + line * 3);
    const wx = v128.shuffle<f32>(w, x, 0, 4, 1, 5), yz = v128.shuffle<f32>(y, z, 0, 4, 1, 5);
    const wxHigh = v128.shuffle<f32>(w, x, 2, 6, 3, 7), yzHigh = v128.shuffle<f32>(y, z, 2, 6, 3, 7);
    const at = target + inner * group;
    v128.store(at, v128.shuffle<f32>(wx, yz, 0, 1, 4, 5));
    v128.store(at + group, v128.shuffle<f32>(wx, yz, 2, 3, 6, 7));
    v128.store(at + group * 2, v128.shuffle<f32>(wxHigh, yzHigh, 0, 1, 4, 5));
    v128.store(at + group * 3, v128.shuffle<f32>(wxHigh, yzHigh, 2, 3, 6, 7));
  }
  for (; inner < k; inner++) {
    for (let i: usize = 0; i < 4; i++) put(target, inner * to + i, get(source, i * apart + inner));
  }
}

/** Copies k elements that lie `from` apart to places `to` apart. */
@inline
function copyLine(k: usize, source: Address, from: usize, target: Address, to: usize): void {
  for (let inner: usize = 0; inner < k; inner++) {
    put(target, inner * to, get(source, inner * from));
  }
}

function copyTile(rows: usize, columns: usize, tile: Address, c: Address, strideC: usize): void {
  for (let i: usize = 0; i < rows; i++) {
    for (let j: usize = 0; j < columns; j++) put(c, i * strideC + j, get(tile, (i << 3) + j));
  }
}
