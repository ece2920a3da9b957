import { UserError } from '../errors.js';
import { sharedFloats, sizeOf, tensorsOf, type ParamSet, type TensorSpec } from './param-set.js';

/*
 * The safetensors format: eight bytes of header length (little-endian), a JSON header that gives each
 * tensor's dtype, shape and [begin, end) in the data, and the data. Read with the checks that its
 * specification asks for, since files come from outside.
 */

const maxHeaderBytes = 1 << 20;

interface Entry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [begin: number, end: number];
}

/** A tensor of a file, with its own copy of the values. */
export type NamedTensor = TensorSpec & { readonly values: Float32Array };

/**
 * The tensors of a safetensors file by name, in the order of the file.
 *
 * @throws UserError naming `file` where it is not a sound safetensors file or holds anything but F32.
 */
export function readSafetensors(bytes: Uint8Array, file: string): ReadonlyMap<string, NamedTensor> {
  const { entries, data } = parse(bytes, file);
  const tensors = new Map<string, NamedTensor>();
  let expected = 0;
  const inOrder = [...entries].sort(([, a], [, b]) => a.data_offsets[0] - b.data_offsets[0]);
  for (const [name, entry] of inOrder) {
    checkEntry(name, entry, expected, data.length, file);
    expected = entry.data_offsets[1];
    const values = sharedFloats(sizeOf(entry.shape));
    new Uint8Array(values.buffer).set(data.subarray(...entry.data_offsets));
    tensors.set(name, { name, shape: entry.shape, values });
  }
  if (expected !== data.length) {
    throw new UserError(`${file}: has ${data.length} bytes of data, its header describes ${expected}`);
  }
  return tensors;
}

/**
 * A safetensors file of all tensors of some sets, whose names must differ; `metadata` may hold strings only.
 */
export function writeSafetensors(
  sets: readonly ParamSet[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: { format: 'pt', ...metadata } };
  let offset = 0;
  const tensors = sets.flatMap((set) => [...tensorsOf(set)]);
  for (const { name, shape, values } of tensors) {
    if (name in header) throw new RangeError(`two tensors of a safetensors file are called ${name}`);
    const end = offset + values.byteLength;
    header[name] = { dtype: 'F32', shape, data_offsets: [offset, end] };
    offset = end;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const headerBytes = Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(8 + headerBytes + offset).fill(0x20, 8, 8 + headerBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerBytes), true);
  bytes.set(json, 8);
  let at = 8 + headerBytes;
  for (const { values } of tensors) {
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at);
    at += values.byteLength;
  }
  return bytes;
}

function parse(bytes: Uint8Array, file: string): { entries: Map<string, Entry>; data: Uint8Array } {
  const length = bytes.length < 8 ? null : new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (length === null || length > BigInt(Math.min(maxHeaderBytes, bytes.length - 8))) {
    throw new UserError(
      `${file}: is ${bytes.length} bytes with a header of ${length ?? 'no'} bytes, expected a safetensors ` +
        `file with a header of at most ${maxHeaderBytes}`,
    );
  }
  const end = 8 + Number(length);
  const header = parseJson(bytes.subarray(8, end), file);
  const entries = new Map<string, Entry>();
  for (const [name, entry] of Object.entries(header)) {
    if (name !== '__metadata__') entries.set(name, entryOf(name, entry, file));
  }
  return { entries, data: bytes.subarray(end) };
}

function parseJson(bytes: Uint8Array, file: string): object {
  try {
    const header: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    if (typeof header === 'object' && header !== null && !Array.isArray(header)) return header;
  } catch {
    // Reported below, as anything else that is not an object.
  }
  throw new UserError(`${file}: has a header that is no JSON object, expected a safetensors file`);
}

function entryOf(name: string, value: unknown, file: string): Entry {
  const { dtype, shape, data_offsets } = (value ?? {}) as Record<string, unknown>;
  if (dtype !== 'F32') {
    throw new UserError(`${file}: /${name}/dtype: is ${JSON.stringify(dtype)}, expected "F32"`);
  }
  if (!isCounts(shape)) {
    throw new UserError(`${file}: /${name}/shape: is ${JSON.stringify(shape)}, expected a list of counts`);
  }
  if (!isCounts(data_offsets) || data_offsets.length !== 2) {
    throw new UserError(
      `${file}: /${name}/data_offsets: is ${JSON.stringify(data_offsets)}, expected [begin, end] in bytes`,
    );
  }
  return { dtype, shape, data_offsets: [data_offsets[0]!, data_offsets[1]!] };
}

function isCounts(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((count) => Number.isSafeInteger(count) && count >= 0);
}

/** A tensor must start where the one before ended, end within the file and be as long as its shape says. */
function checkEntry(name: string, entry: Entry, expected: number, available: number, file: string): void {
  const [begin, end] = entry.data_offsets;
  const bytes = 4 * sizeOf(entry.shape);
  if (begin !== expected || end > available || end - begin !== bytes) {
    throw new UserError(
      `${file}: /${name}/data_offsets: is [${begin}, ${end}], expected [${expected}, ${expected + bytes}] ` +
        `within ${available} bytes of data`,
    );
  }
}
