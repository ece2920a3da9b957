/*
 * The two 16-bit formats of model files, widened to float32, and float32 narrowed to one of them. Every value
 * of both is a float32, so widening is exact: subnormals, infinities, signs of zeros and NaN (with its
 * payload) are kept.
 */

/** Bits of float32 for bits of an IEEE 754 half: 1 sign, 5 exponent (bias 15), 10 mantissa. */
function widenHalf(half: number): number {
  const sign = (half & 0x8000) << 16;
  const exponent = (half >> 10) & 0x1f;
  const mantissa = half & 0x3ff;
  if (exponent === 0x1f) return sign | 0x7f800000 | (mantissa << 13);
  if (exponent > 0) return sign | ((exponent + 112) << 23) | (mantissa << 13);
  if (mantissa === 0) return sign;
  // A subnormal is mantissa · 2^-24: its highest bit becomes the hidden one.
  const shift = Math.clz32(mantissa) - 21;
  return sign | ((113 - shift) << 23) | (((mantissa << shift) & 0x3ff) << 13);
}

const bitsOfHalf = Int32Array.from({ length: 0x10000 }, (_, half) => widenHalf(half));

/** IEEE 754 halves (F16), little-endian, into as many float32. */
export function widenFloat16(halves: Uint16Array, into: Float32Array): void {
  const bits = new Int32Array(into.buffer, into.byteOffset, into.length);
  for (let i = 0; i < halves.length; i++) bits[i] = bitsOfHalf[halves[i]!]!;
}

/** Adding and taking away this number rounds a double below 2^51 to a whole one, ties to even. */
const rounder = 1.5 * 2 ** 52;

/**
 * The IEEE 754 halves nearest to float32 values, of two equally near ones the even; from 65520 on infinity.
 * Signs of zeros and NaN (without its payload) are kept.
 */
export function narrowFloat16(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  return Uint16Array.from(values, (value, i) => {
    const sign = (bits[i]! >>> 16) & 0x8000;
    const magnitude = Math.abs(value);
    if (Number.isNaN(value)) return sign | 0x7e00;
    if (magnitude >= 65520) return sign | 0x7c00;
    // Below 2^-14 halves are subnormal, 2^-24 apart. The hidden bit of the others counts the exponent up by 1.
    const exponent = Math.max(((bits[i]! >>> 23) & 0xff) - 127, -14);
    const mantissa = magnitude * 2 ** (10 - exponent) + rounder - rounder;
    return sign | (((exponent + 14) << 10) + mantissa);
  });
}

/** The upper halves of float32 (BF16), little-endian, into as many float32. */
export function widenBfloat16(halves: Uint16Array, into: Float32Array): void {
  const bits = new Int32Array(into.buffer, into.byteOffset, into.length);
  for (let i = 0; i < halves.length; i++) bits[i] = halves[i]! << 16;
}

/** The upper halves (BF16) nearest to float32 values, of two equally near ones the even. A NaN stays one. */
export function narrowBfloat16(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  return Uint16Array.from(bits, (each, i) => {
    if (Number.isNaN(values[i]!)) return (each >>> 16) | 0x40;
    return (each + 0x7fff + ((each >>> 16) & 1)) >>> 16;
  });
}
