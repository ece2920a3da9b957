import { Address, get, get4, put, put4, sum4 } from './memory';

/**
 * y = gain · (x − mean) · inverse + bias in each of `rows` rows of `width`; inverse = 1 / sqrt(variance +
 * epsilon).
 */
export function layerNorm(
  x: Address,
  gain: Address,
  bias: Address,
  y: Address,
  means: Address,
  inverses: Address,
  rows: usize,
  width: usize,
  epsilon: f32,
): void {
  for (let row: usize = 0; row < rows; row++) {
    const from = x + ((row * width) << 2);
    const to = y + ((row * width) << 2);
    const mean = sumOf(from, width) / <f32>width;
    const inverse: f32 = 1 / Mathf.sqrt(squaresOf(from, mean, width) / <f32>width + epsilon);
    const mean4 = f32x4.splat(mean);
    const inverse4 = f32x4.splat(inverse);
    let c: usize = 0;
    for (; c + 4 <= width; c += 4) {
      const normal = f32x4.mul(f32x4.sub(get4(from, c), mean4), inverse4);
      put4(to, c, f32x4.add(f32x4.mul(normal, get4(gain, c)), get4(bias, c)));
    }
    for (; c < width; c++) put(to, c, (get(from, c) - mean) * inverse * get(gain, c) + get(bias, c));
    put(means, row, mean);
    put(inverses, row, inverse);
  }
}

function sumOf(x: Address, width: usize): f32 {
  let sums = f32x4.splat(0);
  let c: usize = 0;
  for (; c + 4 <= width; c += 4) sums = f32x4.add(sums, get4(x, c));
  let sum = sum4(sums);
  for (; c < width; c++) sum += get(x, c);
  return sum;
}

function squaresOf(x: Address, mean: f32, width: usize): f32 {
  const mean4 = f32x4.splat(mean);
  let sums = f32x4.splat(0);
  let c: usize = 0;
  for (; c + 4 <= width; c += 4) {
    const difference = f32x4.sub(get4(x, c), mean4);
    sums = f32x4.add(sums, f32x4.mul(difference, difference));
  }
  let sum = sum4(sums);
  for (; c < width; c++) sum += (get(x, c) - mean) * (get(x, c) - mean);
  return sum;
}

/**
 * dx = inverse · (g − mean(g) − n · mean(g · n)) with g = dy · gain and n = (x − mean) · inverse. Where
 * `learns`, dGain and dBias (zero before the call) get their sums over the rows.
 */
export function layerNormGradient(
  dy: Address,
  x: Address,
  gain: Address,
  means: Address,
  inverses: Address,
  dx: Address,
  dGain: Address,
  dBias: Address,
  rows: usize,
  width: usize,
  learns: bool,
): void {
  for (let row: usize = 0; row < rows; row++) {
    const start = (row * width) << 2;
    const mean = get(means, row);
    const inverse = get(inverses, row);
    towardsInput(dy + start, x + start, gain, dx + start, width, mean, inverse);
    if (learns) towardsParameters(dy + start, x + start, dGain, dBias, width, mean, inverse);
  }
}

function towardsInput(
  dy: Address,
  x: Address,
  gain: Address,
  dx: Address,
  width: usize,
  mean: f32,
  inverse: f32,
): void {
  const mean4 = f32x4.splat(mean);
  const inverse4 = f32x4.splat(inverse);
  let sums = f32x4.splat(0);
  let products = f32x4.splat(0);
  let c: usize = 0;
  for (; c + 4 <= width; c += 4) {
    const g = f32x4.mul(get4(dy, c), get4(gain, c));
    sums = f32x4.add(sums, g);
    products = f32x4.add(products, f32x4.mul(g, f32x4.mul(f32x4.sub(get4(x, c), mean4), inverse4)));
  }
  let sum = sum4(sums);
  let product = sum4(products);
  for (let rest = c; rest < width; rest++) {
    const g = get(dy, rest) * get(gain, rest);
    sum += g;
    product += g * (get(x, rest) - mean) * inverse;
  }
  const meanG: f32 = sum / <f32>width;
  const meanGn: f32 = product / <f32>width;
  const meanG4 = f32x4.splat(meanG);
  const meanGn4 = f32x4.splat(meanGn);
  for (c = 0; c + 4 <= width; c += 4) {
    const g = f32x4.mul(get4(dy, c), get4(gain, c));
    const n = f32x4.mul(f32x4.sub(get4(x, c), mean4), inverse4);
    put4(dx, c, f32x4.mul(inverse4, f32x4.sub(f32x4.sub(g, meanG4), f32x4.mul(n, meanGn4))));
  }
  for (; c < width; c++) {
    const n = (get(x, c) - mean) * inverse;
    put(dx, c, inverse * (get(dy, c) * get(gain, c) - meanG - n * meanGn));
  }
}

function towardsParameters(
  dy: Address,
  x: Address,
  dGain: Address,
  dBias: Address,
  width: usize,
  mean: f32,
  inverse: f32,
): void {
  for (let c: usize = 0; c < width; c++) {
    put(dGain, c, get(dGain, c) + get(dy, c) * (get(x, c) - mean) * inverse);
    put(dBias, c, get(dBias, c) + get(dy, c));
  }
}
