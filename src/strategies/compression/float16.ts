import { narrowFloat16, widenFloat16 } from '../../learning/params/half-floats.js';
import { closed } from '../../settings/form.js';
import { codec, type Codec } from './codec.js';
import { framedCodec, type Coding } from './coding.js';
import { halves } from './halves.js';
import { lossy } from './own-options.js';
import { PayloadReader } from './payload.js';

/** Parameters travel as IEEE 754 half precision. The base model does too. */
export const float16 = codec({
  name: 'float16',
  description: 'every parameter rounded to half precision, 16 bits',
  byTensor: true,
  options: closed(lossy({ delta: false })),
  make({ direction: _, ...options }) {
    const coding = halves(narrowFloat16, widenFloat16, 0);
    const isBare = !options.delta && !options.errorFeedback && options.entropy === 'none';
    const codec = isBare ? bare(coding, options.flopsPerParameter ?? 0) : framedCodec(coding, options);
    return { ...codec, bitsPerBaseParameter: 16 };
  },
});

/** Without a frame: a wrong length is the only error that is seen. */
function bare(coding: Coding, flopsPerParameter: number): Codec {
  return {
    flopsPerParameter,
    encode(set, memory, draw) {
      const { payload: bytes, memory: next } = coding.encode(set, memory, draw);
      return { bytes, memory: next };
    },
    decode(bytes, like) {
      const reader = new PayloadReader(bytes);
      const values = coding.decode(reader, like);
      reader.end();
      return { kind: like.kind, tensors: like.tensors, values };
    },
    expectedBits: (parameters) => coding.payloadBits(parameters, []),
  };
}
