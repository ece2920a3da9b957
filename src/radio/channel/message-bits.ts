import type { ParamRef } from '../../learning/params/param-set.js';

/** The size of a message on the air: its header, and its parameters as they are encoded. */
export function messageBits(
  params: readonly Pick<ParamRef, 'kind' | 'encodedBits'>[],
  headerBits: number,
): number {
  return params.reduce((sum, { kind, encodedBits }) => {
    if (encodedBits === undefined) throw new Error(`${kind} parameters travel that no codec has encoded`);
    return sum + encodedBits;
  }, headerBits);
}
