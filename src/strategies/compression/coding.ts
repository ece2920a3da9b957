import type { Memory } from '../../learning/params/memory.js';
import type { ParamSet, TensorSpec } from '../../learning/params/param-set.js';
import type { Stream } from '../../simulation/random/stream.js';
import type { Codec } from './codec.js';
import type { Entropy } from './entropy.js';
import { frameBits, framed, unframed, wholeBits } from './frame.js';
import { PayloadReader } from './payload.js';

/** What a codec makes of a set, before what all codecs have in common. */
export interface Coding {
  encode(
    set: ParamSet,
    memory: Memory,
    draw: Stream,
  ): { readonly payload: Uint8Array; readonly memory: Memory };
  /** The values, all tensors one vector. Error where the reader has not as many bytes as they take. */
  decode(reader: PayloadReader, like: ParamSet): Float32Array;
  payloadBits(parameters: number, tensors: readonly TensorSpec[]): number;
  /** Operations on each parameter, as docs/compression.md counts them. */
  readonly flopsPerParameter: number;
}

/** The options that codecs share. */
export interface Common {
  readonly delta: boolean;
  readonly errorFeedback: boolean;
  readonly entropy: Entropy;
  readonly flopsPerParameter: number | null;
}

/** A difference is one operation for each parameter, a residual two: it is added, and made anew. */
const flopsOf = { delta: 1, errorFeedback: 2 };

/** A coding in a frame with its check. */
export function framedCodec(coding: Coding, common: Common): Codec {
  const { delta, errorFeedback, entropy } = common;
  return {
    delta,
    errorFeedback,
    flopsPerParameter:
      common.flopsPerParameter ??
      coding.flopsPerParameter + (delta ? flopsOf.delta : 0) + (errorFeedback ? flopsOf.errorFeedback : 0),
    encode(set, memory, draw) {
      const { payload, memory: next } = coding.encode(set, memory, draw);
      return { bytes: framed(payload, entropy), memory: next };
    },
    decode(bytes, like) {
      const reader = new PayloadReader(unframed(bytes, mostBytes(like)));
      const values = coding.decode(reader, like);
      reader.end();
      return { kind: like.kind, tensors: like.tensors, values };
    },
    expectedBits: (parameters, tensors = [{ name: '', shape: [parameters] }]) =>
      frameBits + coding.payloadBits(parameters, tensors),
  };
}

/** No coding takes more than a whole set, a bit for each parameter, a scale for each tensor and a header. */
function mostBytes({ values, tensors }: ParamSet): number {
  return wholeBits(values.length) / 8 + values.length + 4 * tensors.length + 64;
}
