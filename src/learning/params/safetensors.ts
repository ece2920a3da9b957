import { open, type FileHandle } from 'node:fs/promises';
import { messageOf, UserError } from '../../errors.js';
import { lfsPointerBytes, refuseLfsPointer } from '../../text-file.js';
import { widenBfloat16, widenFloat16 } from './half-floats.js';
import { sizeOf, type ParamSet } from './param-set.js';
import { headerLength, parseHeader, type TensorEntry } from './safetensors-header.js';

/*
 * The safetensors format: eight bytes of header length (little-endian), a JSON header that gives each
 * tensor's dtype, shape and [begin, end) in the data, and the data. Read with the checks that its
 * specification asks for, since files come from outside.
 */

/** An open safetensors file: its header is known to be sound, its data is read where it is asked for. */
export interface SafetensorsFile {
  readonly file: string;
  /** By name, in the order of the data. */
  readonly entries: ReadonlyMap<string, TensorEntry>;
  /**
   * Fills `into` with the elements of a tensor from `first` on, widened to float32.
   *
   * @throws UserError where the tensor is no F32, F16 or BF16, or the file can no longer be read.
   */
  read(entry: TensorEntry, into: Float32Array, first?: number): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens a safetensors file. Nothing is allocated for its data.
 *
 * @throws UserError naming `file` where it cannot be read or is not a sound safetensors file.
 */
export async function openSafetensors(file: string): Promise<SafetensorsFile> {
  const handle = await mended(file, () => open(file));
  try {
    const { size } = await mended(file, () => handle.stat({ bigint: true }));
    const start = new Uint8Array(Math.min(Number(size), lfsPointerBytes));
    await readFully(handle, start, 0, file);
    refuseLfsPointer(file, Buffer.from(start).toString('latin1'), 'a safetensors file');
    const length = headerLength(start, size, file);
    const header = new Uint8Array(length);
    await readFully(handle, header, 8, file);
    const data = 8 + length;
    const entries = parseHeader(header, size - BigInt(data), file);
    return {
      file,
      entries: new Map(entries.map((entry) => [entry.name, entry])),
      read: (entry, into, first = 0) => readTensor(handle, data, entry, into, first, file),
      close: () => handle.close(),
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

type Widen = (halves: Uint16Array, into: Float32Array) => void;
const widening: Readonly<Record<string, Widen>> = { F16: widenFloat16, BF16: widenBfloat16 };

/** Elements of a 16-bit tensor that are read and widened at a time: a megabyte. */
const chunkElements = 1 << 19;

async function readTensor(
  handle: FileHandle,
  data: number,
  { name, dtype, begin }: TensorEntry,
  into: Float32Array,
  first: number,
  file: string,
): Promise<void> {
  if (dtype === 'F32') {
    const target = new Uint8Array(into.buffer, into.byteOffset, into.byteLength);
    return readFully(handle, target, data + begin + 4 * first, file);
  }
  const widen = widening[dtype];
  if (!widen) throw new UserError(`${file}: /${name}/dtype: is "${dtype}", expected "F32", "F16" or "BF16"`);
  const buffer = new Uint16Array(Math.min(chunkElements, into.length));
  for (let done = 0; done < into.length; done += buffer.length) {
    const halves = buffer.subarray(0, into.length - done);
    const target = new Uint8Array(halves.buffer, 0, halves.byteLength);
    await readFully(handle, target, data + begin + 2 * (first + done), file);
    widen(halves, into.subarray(done, done + halves.length));
  }
}

/** Bytes that are asked for at once; the system reads at most 2 GB. */
const mostBytes = 1 << 28;

async function readFully(handle: FileHandle, into: Uint8Array, from: number, file: string): Promise<void> {
  for (let done = 0; done < into.length;) {
    const length = Math.min(mostBytes, into.length - done);
    const { bytesRead } = await mended(file, () => handle.read(into, done, length, from + done));
    if (bytesRead === 0)
      throw new UserError(`${file}: ends at ${from + done} bytes, became shorter as it was read`);
    done += bytesRead;
  }
}

async function mended<T>(file: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (thrown) {
    throw new UserError(`${file}: cannot be read (${messageOf(thrown)}), expected a safetensors file`);
  }
}

/**
 * A safetensors file of all tensors of some sets, F32, in their order.
 *
 * @throws RangeError where two tensors have one name, or one is called __metadata__.
 */
export function writeSafetensors(
  sets: readonly ParamSet[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const start = safetensorsStart(sets, metadata);
  const length = sets.reduce((sum, { values }) => sum + values.byteLength, start.length);
  const bytes = new Uint8Array(length);
  bytes.set(start);
  let at = start.length;
  for (const { values } of sets) {
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at);
    at += values.byteLength;
  }
  return bytes;
}

/**
 * What such a file has before the values of the sets, one after the other.
 *
 * @throws RangeError where two tensors have one name, or one is called __metadata__.
 */
export function safetensorsStart(
  sets: readonly ParamSet[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const header = new Map<string, unknown>([['__metadata__', { format: 'pt', ...metadata }]]);
  let offset = 0;
  for (const { name, shape } of sets.flatMap(({ tensors }) => tensors)) {
    if (header.has(name)) throw new RangeError(`two tensors of a safetensors file are called ${name}`);
    const end = offset + 4 * sizeOf(shape);
    header.set(name, { dtype: 'F32', shape, data_offsets: [offset, end] });
    offset = end;
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const headerBytes = Math.ceil(json.length / 8) * 8;
  const start = new Uint8Array(8 + headerBytes).fill(0x20, 8);
  new DataView(start.buffer).setBigUint64(0, BigInt(headerBytes), true);
  start.set(json, 8);
  return start;
}
