import Type from 'typebox';
import { greatestMagnitude } from '../../learning/params/finite.js';
import { closed } from '../../settings/form.js';
import { codec } from './codec.js';
import { framedCodec } from './coding.js';
import { levels } from './levels.js';
import { lossy } from './own-options.js';

/** Adding and taking away this number rounds a double below 2^51 to a whole one, ties to even. */
const rounder = 1.5 * 2 ** 52;

/**
 * Uniform quantization: of each tensor the nearest of 2^bits - 1 levels from -max|p| to max|p|, zero among them;
 * of two equally near ones the even. Off by half a step at most, max|p| / (2^bits - 2).
 */
export const quantized = codec({
  name: 'quantized',
  description: 'every parameter rounded to the nearest of 2^bits - 1 even levels of its tensor',
  byTensor: true,
  options: closed({
    bits: Type.Integer({ minimum: 2, maximum: 16, default: 8, description: 'bits of a parameter' }),
    ...lossy({ delta: false }),
  }),
  make({ direction: _, bits, ...common }) {
    const s = 2 ** (bits - 1) - 1;
    const grid = {
      stepOf: (values: Float32Array) => greatestMagnitude(values) / s,
      levelOf: (steps: number) => Math.min(s, Math.max(-s, steps + rounder - rounder)),
    };
    // A magnitude compared, a division, a rounding.
    return framedCodec(levels(s, grid, 3), common);
  },
});
