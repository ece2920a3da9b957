import { sharedFloats } from '../../learning/params/param-set.js';
import type { Coding } from './coding.js';

/** A coding of 16 bits for each parameter, by how such numbers are made and read. */
export function halves(
  narrow: (values: Float32Array) => Uint16Array,
  widen: (halves: Uint16Array, into: Float32Array) => void,
  flopsPerParameter: number,
): Coding {
  return {
    encode: ({ values }, memory) => ({ payload: new Uint8Array(narrow(values).buffer), memory }),
    decode: (reader, like) => {
      const values = sharedFloats(like.values.length);
      widen(reader.halves(values.length), values);
      return values;
    },
    payloadBits: (parameters) => 16 * parameters,
    flopsPerParameter,
  };
}
