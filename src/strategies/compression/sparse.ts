import type { Stream } from '../../simulation/random/stream.js';
import { sharedFloats } from '../../learning/params/param-set.js';
import type { Coding } from './coding.js';
import { packed, packedBytes, unpacked } from './packed-bits.js';
import { joined, type PayloadReader } from './payload.js';

/*
 * Some values of a set, all tensors one vector of d: k (four bytes), one byte that says how their indices are coded,
 * the indices, the values as float32. Indices are a bitmap of d bits, or numbers of ⌈log₂ d⌉ bits each, whichever
 * are fewer bytes.
 */

/** Which k values are kept, as rising indices; and what each is multiplied by. */
export interface Choice {
  readonly indicesOf: (values: Float32Array, k: number, draw: Stream) => Uint32Array;
  /** Given k and d; absent: 1. */
  readonly factor?: (k: number, length: number) => number;
}

const forms = { bitmap: 0, numbers: 1 };
const headerBytes = 5;

/** The k of a share of so many, rounded up, and not up by the rounding of the product. */
export const kept = (share: number, length: number) => Math.min(length, Math.ceil(share * length - 1e-9));

export function sparse(share: number, { indicesOf, factor }: Choice, flopsPerParameter: number): Coding {
  return {
    encode({ values }, memory, draw) {
      const k = kept(share, values.length);
      const indices = indicesOf(values, k, draw);
      const scale = factor?.(k, values.length) ?? 1;
      const floats = Float32Array.from(indices, (index) => scale * values[index]!);
      const { form, bytes } = indexCode(indices, values.length);
      return { payload: joined(Uint32Array.of(k), Uint8Array.of(form), bytes, floats), memory };
    },
    decode(reader, like) {
      const values = sharedFloats(like.values.length);
      const indices = readIndices(reader, values.length);
      const floats = reader.floats(indices.length);
      indices.forEach((index, i) => (values[index] = floats[i]!));
      return values;
    },
    payloadBits(parameters) {
      const k = kept(share, parameters);
      const least = Math.min(Math.ceil(parameters / 8), packedBytes(k, widthFor(parameters)));
      return 8 * (headerBytes + least) + 32 * k;
    },
    flopsPerParameter,
  };
}

/** Bits of an index below `length`. */
const widthFor = (length: number) => Math.max(1, 32 - Math.clz32(length - 1));

function indexCode(
  indices: Uint32Array,
  length: number,
): { readonly form: number; readonly bytes: Uint8Array } {
  const width = widthFor(length);
  const isMapShorter = Math.ceil(length / 8) <= packedBytes(indices.length, width);
  return isMapShorter
    ? { form: forms.bitmap, bytes: bitmapOf(indices, length) }
    : { form: forms.numbers, bytes: packed(indices, width) };
}

function bitmapOf(indices: Uint32Array, length: number): Uint8Array {
  const map = new Uint8Array(Math.ceil(length / 8));
  for (const index of indices) map[index >>> 3]! |= 1 << (index & 7);
  return map;
}

/** Error where they are not k rising indices below `length`. */
function readIndices(reader: PayloadReader, length: number): Uint32Array {
  const [k = 0] = reader.integers(1);
  const form = reader.byte();
  if (k > length) throw new Error(`compression: ${k} values kept, expected ${length} at most`);
  const indices =
    form === forms.bitmap
      ? indicesIn(reader.bytes(Math.ceil(length / 8)))
      : unpacked(reader.bytes(packedBytes(k, widthFor(length))), k, widthFor(length));
  const isRising = indices.every((index, i) => index < length && (i === 0 || index > indices[i - 1]!));
  if (!Object.values(forms).includes(form) || indices.length !== k || !isRising) {
    throw new Error(`compression: no ${k} rising indices below ${length} of form ${form}`);
  }
  return indices;
}

function indicesIn(map: Uint8Array): Uint32Array {
  const indices: number[] = [];
  map.forEach((byte, at) => {
    for (let bit = 0; bit < 8; bit++) if (byte & (1 << bit)) indices.push(8 * at + bit);
  });
  return Uint32Array.from(indices);
}
