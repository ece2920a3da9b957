/** Magnitudes of float32 are in the order of their bits without the sign. */
const magnitudeBits = 0x7fffffff;

/**
 * Indices, rising, of the k values of greatest magnitude; of equal ones the first. In linear time: the upper 16
 * bits of the k-th magnitude are found by counting, then the lower ones.
 */
export function indicesOfGreatest(values: Float32Array, k: number): Uint32Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const upper = placeFromTop(bits, k, (each) => (each & magnitudeBits) >>> 16);
  const inUpper = (each: number) => (each & magnitudeBits) >>> 16 === upper.value;
  const lower = placeFromTop(bits, upper.rank, (each) => (inUpper(each) ? each & 0xffff : -1));
  const threshold = upper.value * 2 ** 16 + lower.value;
  const indices = new Uint32Array(k);
  for (let i = 0, at = 0, equals = 0; at < k; i++) {
    const magnitude = bits[i]! & magnitudeBits;
    const isIn = magnitude > threshold || (magnitude === threshold && equals++ < lower.rank);
    if (isIn) indices[at++] = i;
  }
  return indices;
}

/** The `rank`-th greatest of the keys 0 to 65535, and its rank, from 1, among the values of that key; others do not count. */
function placeFromTop(
  bits: Uint32Array,
  rank: number,
  keyOf: (bits: number) => number,
): { readonly value: number; readonly rank: number } {
  const counts = new Uint32Array(2 ** 16);
  for (const each of bits) {
    const key = keyOf(each);
    if (key >= 0) counts[key]! += 1;
  }
  let value = counts.length - 1;
  for (; rank > counts[value]!; value--) rank -= counts[value]!;
  return { value, rank };
}
