/** A block code of short packets. */
export interface Code {
  /** Length n of a codeword. */
  readonly channelUses: number;
  /** Probability epsilon that a codeword is not decoded. */
  readonly errorRate: number;
}

/**
 * Probability that a packet is lost which is on the air for so many channel uses: 1 - (1 - epsilon)^m, for it
 * is decoded when all of its m = ceil(uses / n) codewords are. Its last codeword counts as a whole one, and errors are
 * independent.
 */
export function packetErrorRate({ channelUses, errorRate }: Code, uses: number): number {
  // The rounding of a sum over blocks must not make another codeword.
  const codewords = Math.ceil((uses / channelUses) * (1 - 1e-12));
  return -Math.expm1(codewords * Math.log1p(-errorRate));
}
