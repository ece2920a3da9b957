import type { ParamRef } from '../../learning/params/param-set.js';
import type { Codec } from '../../strategies/compression/codec.js';

/** The size of a message on the air: its header, and its parameters as the codec encodes them. */
export function messageBits(
  params: readonly Pick<ParamRef, 'parameters' | 'encodedBits'>[],
  headerBits: number,
  codec: Pick<Codec, 'expectedBits'>,
): number {
  return params.reduce(
    (sum, { parameters, encodedBits }) => sum + (encodedBits ?? codec.expectedBits(parameters)),
    headerBits,
  );
}
