/** A message cut into packets of equal size but the last; each is decoded, lost and sent again by itself. */
export interface Packets {
  readonly count: number;
  /** Bits on the air of the packet with this index, its header included. */
  readonly bitsOf: (index: number) => number;
}

/** Most packets that a message may have: a bound on the memory and the time that one takes. */
export const maxPackets = 2 ** 22;

/**
 * Cuts a message of `bits`; `packetBits` null makes it one packet. RangeError where `bits` is negative or not
 * finite, or makes more than 2^22 packets.
 */
export function packetsOf(bits: number, packetBits: number | null, packetHeaderBits: number): Packets {
  if (!(bits >= 0) || bits === Infinity) throw new RangeError(`a message has ${bits} bits`);
  if (packetBits === null) return { count: 1, bitsOf: () => bits };
  const count = Math.max(1, Math.ceil(bits / packetBits));
  if (count > maxPackets) {
    throw new RangeError(
      `a message of ${bits} bits makes ${count} packets of ${packetBits} bits, more than ${maxPackets}`,
    );
  }
  const last = bits - (count - 1) * packetBits;
  return { count, bitsOf: (index) => packetHeaderBits + (index === count - 1 ? last : packetBits) };
}

/** The packets that two lists have in common, each of them in rising order. */
export function inBoth(some: readonly number[], others: readonly number[]): readonly number[] {
  let place = 0;
  return some.filter((one) => {
    while (place < others.length && others[place]! < one) place++;
    return others[place] === one;
  });
}

/** Bits on the air of these packets together. */
export function bitsOfAll(packets: readonly number[], { bitsOf }: Packets): number {
  let total = 0;
  for (let i = 0; i < packets.length; i++) total += bitsOf(packets[i]!);
  return total;
}

/** How many of these packets, sent one after the other, are whole within so many bits. */
export function wholeWithin(bits: number, packets: readonly number[], { bitsOf }: Packets): number {
  let count = 0;
  for (let end = 0; count < packets.length; count++) {
    end += bitsOf(packets[count]!);
    if (end > bits) break;
  }
  return count;
}
