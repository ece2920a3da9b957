import { sharedFloats } from '../../learning/params/param-set.js';
import type { Compression } from './index.js';

/** Parameters travel as IEEE 754 half precision. */
export const float16: Compression = {
  bitsPerParameter: 16,
  roundTrip(set) {
    const values = sharedFloats(set.values.length);
    for (let i = 0; i < values.length; i++) values[i] = roundToFloat16(set.values[i]!);
    return { ...set, values };
  },
};

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/**
 * Distance of half-precision numbers by the biased exponent of a float32: 10 bits of mantissa, subnormal
 * below 2^-14.
 */
const spacings = Float64Array.from({ length: 256 }, (_, biased) => 2 ** (Math.max(biased - 127, -14) - 10));

/** Adding and taking away this number rounds a double below 2^51 to a whole one, ties to even. */
const rounder = 1.5 * 2 ** 52;

/**
 * The half-precision number nearest to a float32, of two equally near ones the even; from 65520 on infinity,
 * as IEEE 754 has it. Signs of zeros and NaN are kept.
 */
export function roundToFloat16(x: number): number {
  float[0] = Math.abs(x);
  if (!(float[0] < 65520)) return x * Infinity;
  const spacing = spacings[bits[0]! >>> 23]!;
  const rounded = (float[0] / spacing + rounder - rounder) * spacing;
  return x < 0 || Object.is(x, -0) ? -rounded : rounded;
}
