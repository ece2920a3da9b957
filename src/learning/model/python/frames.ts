import { headerLength, parseHeader } from '../../params/safetensors-header.js';
import { sizeOf } from '../../params/param-set.js';

/*
 * What goes between pwff and its Python process: a safetensors file with a request or an answer as JSON in its
 * metadata, under "json", and its arrays as tensors. On a pipe its length stands before it, in eight bytes
 * (little-endian); python/pwff_worker/frames.py is the other end.
 */

type Values = Float32Array | Float64Array | Int32Array;

/** An array of a frame; `shape` in elements, row-major. */
export interface FrameArray {
  readonly shape: readonly number[];
  readonly values: Values;
}

export interface Frame {
  readonly json: Readonly<Record<string, unknown>>;
  readonly arrays: Readonly<Record<string, FrameArray>>;
}

const dtypeOf = (values: Values): 'F32' | 'F64' | 'I32' =>
  values instanceof Float32Array ? 'F32' : values instanceof Float64Array ? 'F64' : 'I32';

const readers: Readonly<Record<string, new (buffer: ArrayBuffer) => Values>> = {
  F32: Float32Array,
  F64: Float64Array,
  I32: Int32Array,
};

/** The bytes of a frame, its length first. */
export function encodeFrame({ json, arrays }: Frame): Uint8Array<ArrayBuffer> {
  const header = new Map<string, unknown>([['__metadata__', { json: JSON.stringify(json) }]]);
  let end = 0;
  for (const [name, { shape, values }] of Object.entries(arrays)) {
    header.set(name, { dtype: dtypeOf(values), shape, data_offsets: [end, (end += values.byteLength)] });
  }
  const text = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const headerBytes = Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(lengthBytes + 8 + headerBytes + end);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(bytes.length - lengthBytes), true);
  view.setBigUint64(lengthBytes, BigInt(headerBytes), true);
  bytes.fill(0x20, lengthBytes + 8, lengthBytes + 8 + headerBytes).set(text, lengthBytes + 8);
  let at = lengthBytes + 8 + headerBytes;
  for (const { values } of Object.values(arrays)) {
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at);
    at += values.byteLength;
  }
  return bytes;
}

/** Bytes of a frame's length before it. */
export const lengthBytes = 8;

/** A frame, without its length. */
export function decodeFrame(bytes: Uint8Array): Frame {
  const source = 'the Python process';
  const length = headerLength(bytes, BigInt(bytes.length), source);
  const header = bytes.subarray(8, 8 + length);
  const data = bytes.subarray(8 + length);
  const { __metadata__ } = JSON.parse(new TextDecoder().decode(header)) as { __metadata__: { json: string } };
  const arrays = parseHeader(header, BigInt(data.length), source).map(
    ({ name, dtype, shape, begin, end }) => {
      const Reader = readers[dtype];
      if (!Reader) throw new TypeError(`${source}: /${name}/dtype: is ${dtype}, expected F32, F64 or I32`);
      const values = new Reader(new Uint8Array(data.subarray(begin, end)).buffer);
      if (values.length !== sizeOf(shape)) throw new TypeError(`${source}: /${name}: is of another length`);
      return [name, { shape, values }] as const;
    },
  );
  return { json: JSON.parse(__metadata__.json) as Frame['json'], arrays: Object.fromEntries(arrays) };
}
