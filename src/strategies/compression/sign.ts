import { sharedFloats, tensorsOf } from '../../learning/params/param-set.js';
import { closed } from '../../settings/form.js';
import { codec } from './codec.js';
import { framedCodec, type Coding } from './coding.js';
import { lossy } from './own-options.js';
import { packed, packedBytes, unpacked } from './packed-bits.js';
import { joined } from './payload.js';

/**
 * (‖p‖₁/d) sign(p) of each tensor p of d parameters, with sign(0) = 1: the scaled sign of Karimireddy et al.,
 * Error Feedback Fixes SignSGD, ICML 2019, section 4. It is biased: see `errorFeedback`.
 */
export const sign = codec({
  name: 'sign',
  description: 'the sign of every parameter, times the mean magnitude of its tensor, 1 bit',
  byTensor: true,
  options: closed(lossy({ delta: true })),
  make: ({ direction: _, ...common }) => framedCodec(signs, common),
});

const signs: Coding = {
  encode(set, memory) {
    const scales = Float32Array.from([...tensorsOf(set)], ({ values }) => meanMagnitude(values));
    const codes = Uint8Array.from(set.values, (value) => (value < 0 ? 1 : 0));
    return { payload: joined(scales, packed(codes, 1)), memory };
  },
  decode(reader, like) {
    const values = sharedFloats(like.values.length);
    const scales = reader.floats(like.tensors.length);
    const codes = unpacked(reader.bytes(packedBytes(values.length, 1)), values.length, 1);
    let at = 0;
    for (const [index, tensor] of [...tensorsOf(like)].entries()) {
      const scale = scales[index]!;
      for (let i = 0; i < tensor.values.length; i++, at++) values[at] = codes[at] === 1 ? -scale : scale;
    }
    return values;
  },
  payloadBits: (parameters, tensors) => 32 * tensors.length + 8 * packedBytes(parameters, 1),
  // A magnitude added, a sign.
  flopsPerParameter: 2,
};

function meanMagnitude(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += Math.abs(value);
  return values.length === 0 ? 0 : sum / values.length;
}
