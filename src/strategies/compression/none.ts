import { sharedFloats, type ParamSet } from '../../learning/params/param-set.js';
import { closed } from '../../settings/form.js';
import { codec, type Codec } from './codec.js';
import { framedCodec } from './coding.js';
import { entropy } from './own-options.js';

const bytesOf = ({ values: { buffer, byteOffset, byteLength } }: ParamSet) =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** Without a frame: a wrong length is the only error that is seen. */
const bare: Codec = {
  encode: (set, memory) => ({ bytes: bytesOf(set), memory }),
  decode(bytes, like) {
    // The very memory of the set: nothing to copy, and nothing to hash again.
    if (bytes.buffer === like.values.buffer) return like;
    if (bytes.byteLength !== like.values.byteLength) {
      throw new Error(`compression none: ${bytes.byteLength} bytes, expected ${like.values.byteLength}`);
    }
    const values = sharedFloats(like.values.length);
    new Uint8Array(values.buffer, values.byteOffset, values.byteLength).set(bytes);
    return { kind: like.kind, tensors: like.tensors, values };
  },
  expectedBits: (parameters) => 32 * parameters,
};

/** Parameters travel as the float32 that they are. */
export const none = codec({
  name: 'none',
  description: 'every parameter as it is, 32 bits',
  byTensor: true,
  options: closed({ entropy }),
  make: ({ entropy }) =>
    entropy === 'none'
      ? bare
      : framedCodec(
          {
            encode: (set, memory) => ({ payload: bytesOf(set), memory }),
            decode: (reader, like) => {
              const values = sharedFloats(like.values.length);
              values.set(reader.floats(values.length));
              return values;
            },
            payloadBits: (parameters) => 32 * parameters,
            flopsPerParameter: 0,
          },
          { delta: false, errorFeedback: false, entropy, flopsPerParameter: null },
        ),
});
