/** Bytes of so many codes of `width` bits. */
export const packedBytes = (count: number, width: number) => Math.ceil((count * width) / 8);

/** Codes of `width` bits, 1 to 32, each an integer from 0 to 2^width - 1, the first in the lowest bits. */
export function packed(codes: ArrayLike<number>, width: number): Uint8Array {
  const bytes = new Uint8Array(packedBytes(codes.length, width));
  let [waiting, bits, at] = [0, 0, 0];
  for (let i = 0; i < codes.length; i++) {
    // At most 7 + 32 bits wait, which a double holds.
    waiting += codes[i]! * 2 ** bits;
    for (bits += width; bits >= 8; bits -= 8) {
      bytes[at++] = waiting % 256;
      waiting = Math.floor(waiting / 256);
    }
  }
  if (bits > 0) bytes[at] = waiting;
  return bytes;
}

/** So many codes of what `packed` made. */
export function unpacked(bytes: Uint8Array, count: number, width: number): Uint32Array {
  const codes = new Uint32Array(count);
  const range = 2 ** width;
  let [waiting, bits, at] = [0, 0, 0];
  for (let i = 0; i < count; i++) {
    for (; bits < width; bits += 8) waiting += bytes[at++]! * 2 ** bits;
    codes[i] = waiting % range;
    waiting = Math.floor(waiting / range);
    bits -= width;
  }
  return codes;
}
