import { narrowFloat16, widenFloat16 } from '../../learning/params/half-floats.js';
import { sharedFloats } from '../../learning/params/param-set.js';
import type { CodecStrategy } from './codec.js';

/** Parameters travel as IEEE 754 half precision. */
export const float16: CodecStrategy = {
  name: 'float16',
  description: 'every parameter rounded to half precision, 16 bits',
  make: () => ({
    encode: (set, memory) => ({ bytes: new Uint8Array(narrowFloat16(set.values).buffer), memory }),
    decode: (bytes, like) => {
      const values = sharedFloats(like.values.length);
      widenFloat16(new Uint16Array(bytes.buffer, bytes.byteOffset, values.length), values);
      return { kind: like.kind, tensors: like.tensors, values };
    },
    expectedBits: (parameters) => 16 * parameters,
  }),
};
