import { sharedFloats } from '../../learning/params/param-set.js';
import type { CodecStrategy } from './codec.js';

/** Parameters travel as the float32 that they are. */
export const none: CodecStrategy = {
  name: 'none',
  description: 'every parameter as it is, 32 bits',
  make: () => ({
    encode: ({ values }, memory) => ({
      bytes: new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
      memory,
    }),
    decode(bytes, like) {
      // The very memory of the set: nothing to copy, and nothing to hash again.
      if (bytes.buffer === like.values.buffer) return like;
      const values = sharedFloats(like.values.length);
      new Uint8Array(values.buffer, values.byteOffset, values.byteLength).set(bytes);
      return { kind: like.kind, tensors: like.tensors, values };
    },
    expectedBits: (parameters) => 32 * parameters,
  }),
};
