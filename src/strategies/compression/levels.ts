import type { Stream } from '../../simulation/random/stream.js';
import { sharedFloats, tensorsOf } from '../../learning/params/param-set.js';
import type { Coding } from './coding.js';
import { packed, packedBytes, unpacked } from './packed-bits.js';
import { joined } from './payload.js';

/** How a tensor comes onto the levels -s, …, s times its scale. */
export interface Grid {
  /** Distance of two levels, for all of a tensor; 0 where it is zero. */
  readonly stepOf: (values: Float32Array) => number;
  /** A number of steps, at least -s and at most s, in the place of a value that is `steps` of them. */
  readonly levelOf: (steps: number, draw: Stream) => number;
}

/** Bits of one of 2s + 1 levels. */
export const levelBits = (s: number) => 32 - Math.clz32(2 * s);

/** A float32 step for each tensor, then a level for each parameter, packed. */
export function levels(s: number, { stepOf, levelOf }: Grid, flopsPerParameter: number): Coding {
  const width = levelBits(s);
  return {
    encode(set, memory, draw) {
      const codes = new Uint32Array(set.values.length);
      let at = 0;
      const steps = Float32Array.from([...tensorsOf(set)], ({ values }) => {
        const step = Math.fround(stepOf(values));
        for (const value of values) codes[at++] = s + (step === 0 ? 0 : levelOf(value / step, draw));
        return step;
      });
      return { payload: joined(steps, packed(codes, width)), memory };
    },
    decode(reader, like) {
      const values = sharedFloats(like.values.length);
      const steps = reader.floats(like.tensors.length);
      const codes = unpacked(reader.bytes(packedBytes(values.length, width)), values.length, width);
      let at = 0;
      for (const [index, tensor] of [...tensorsOf(like)].entries()) {
        for (let i = 0; i < tensor.values.length; i++, at++) values[at] = (codes[at]! - s) * steps[index]!;
      }
      return values;
    },
    payloadBits: (parameters, tensors) => 32 * tensors.length + 8 * packedBytes(parameters, width),
    flopsPerParameter,
  };
}
