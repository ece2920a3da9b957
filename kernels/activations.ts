import { erf4, exp4, sigmoid4 } from './elementary';
import { Address, get, get4, put, put4 } from './memory';

const twoRootTwoOverPi: f32 = 1.5957691216057308; // 2 sqrt(2 / π)
const cubic: f32 = 0.044715;
const inverseRootTwo: f32 = 0.7071067811865476;
const inverseRootTwoPi: f32 = 0.3989422804014327;

/**
 * GPT-2's GELU ("gelu_new", Hendrycks and Gimpel 2016): x/2 · (1 + tanh u), u = sqrt(2/π) (x + 0.044715 x³),
 * which is x · gate with gate = sigmoid(2u). `count` elements.
 */
export function gelu(x: Address, y: Address, gate: Address, count: usize): void {
  let i: usize = 0;
  for (; i + 4 <= count; i += 4) {
    const own = get4(x, i);
    const open = sigmoid4(twiceU(own));
    put4(gate, i, open);
    put4(y, i, f32x4.mul(own, open));
  }
  for (; i < count; i++) {
    const open = f32x4.extract_lane(sigmoid4(twiceU(f32x4.splat(get(x, i)))), 0);
    put(gate, i, open);
    put(y, i, get(x, i) * open);
  }
}

@inline
function twiceU(x: v128): v128 {
  const slope = f32x4.add(
    f32x4.mul(f32x4.mul(x, x), f32x4.splat(twoRootTwoOverPi * cubic)),
    f32x4.splat(twoRootTwoOverPi),
  );
  return f32x4.mul(x, slope);
}

/** dx = dy · (gate + x · gate (1 − gate) · 2u'), 2u' = 2 sqrt(2/π) (1 + 3 · 0.044715 x²). */
export function geluGradient(dy: Address, x: Address, gate: Address, dx: Address, count: usize): void {
  let i: usize = 0;
  for (; i + 4 <= count; i += 4) {
    put4(dx, i, f32x4.mul(get4(dy, i), geluSlope(get4(x, i), get4(gate, i))));
  }
  for (; i < count; i++) {
    const slope = geluSlope(f32x4.splat(get(x, i)), f32x4.splat(get(gate, i)));
    put(dx, i, get(dy, i) * f32x4.extract_lane(slope, 0));
  }
}

@inline
function geluSlope(x: v128, gate: v128): v128 {
  const steep = f32x4.add(
    f32x4.mul(f32x4.mul(x, x), f32x4.splat(3 * cubic * twoRootTwoOverPi)),
    f32x4.splat(twoRootTwoOverPi),
  );
  const bend = f32x4.mul(f32x4.mul(x, f32x4.mul(gate, f32x4.sub(f32x4.splat(1), gate))), steep);
  return f32x4.add(gate, bend);
}

/** BERT's exact GELU: x · gate with gate = Φ(x) = (1 + erf(x / sqrt 2)) / 2. */
export function exactGelu(x: Address, y: Address, gate: Address, count: usize): void {
  let i: usize = 0;
  for (; i + 4 <= count; i += 4) {
    const own = get4(x, i);
    const open = normalCdf(own);
    put4(gate, i, open);
    put4(y, i, f32x4.mul(own, open));
  }
  for (; i < count; i++) {
    const open = f32x4.extract_lane(normalCdf(f32x4.splat(get(x, i))), 0);
    put(gate, i, open);
    put(y, i, get(x, i) * open);
  }
}

/** dx = dy · (gate + x φ(x)). */
export function exactGeluGradient(dy: Address, x: Address, gate: Address, dx: Address, count: usize): void {
  let i: usize = 0;
  for (; i + 4 <= count; i += 4) {
    const slope = f32x4.add(get4(gate, i), weightedDensity(get4(x, i)));
    put4(dx, i, f32x4.mul(get4(dy, i), slope));
  }
  for (; i < count; i++) {
    const density = f32x4.extract_lane(weightedDensity(f32x4.splat(get(x, i))), 0);
    put(dx, i, get(dy, i) * (get(gate, i) + density));
  }
}

@inline
function normalCdf(x: v128): v128 {
  const half = f32x4.splat(0.5);
  return f32x4.add(half, f32x4.mul(half, erf4(f32x4.mul(x, f32x4.splat(inverseRootTwo)))));
}

/** x · φ(x). */
@inline
function weightedDensity(x: v128): v128 {
  const exponent = f32x4.mul(f32x4.mul(x, x), f32x4.splat(-0.5));
  return f32x4.mul(f32x4.mul(x, f32x4.splat(inverseRootTwoPi)), exp4(exponent));
}

/** dx = dy where y > 0, else 0; y is what relu gave. */
export function reluGradient(dy: Address, y: Address, dx: Address, count: usize): void {
  let i: usize = 0;
  for (; i + 4 <= count; i += 4) put4(dx, i, v128.and(get4(dy, i), f32x4.gt(get4(y, i), f32x4.splat(0))));
  for (; i < count; i++) put(dx, i, get(y, i) > 0 ? get(dy, i) : 0);
}
