import { UserError } from '../../errors.js';
import { isCount, isJson, quoted } from '../json-file.js';

/** The largest header that is read. That of GPT-2 XL with its 580 tensors has 60 kB. */
const maxHeaderBytes = 1 << 20;

/** Bytes of one element, of every dtype whose elements are whole bytes. */
const dtypeBytes: ReadonlyMap<string, number> = new Map([
  ...['BOOL', 'U8', 'I8', 'F8_E5M2', 'F8_E4M3', 'F8_E8M0', 'F8_E4M3FNUZ', 'F8_E5M2FNUZ'].map(bytes(1)),
  ...['I16', 'U16', 'F16', 'BF16'].map(bytes(2)),
  ...['I32', 'U32', 'F32'].map(bytes(4)),
  ...['I64', 'U64', 'F64', 'C64'].map(bytes(8)),
]);

function bytes(count: number): (dtype: string) => readonly [string, number] {
  return (dtype) => [dtype, count];
}

/** Where a tensor stands: `begin` and `end` in bytes from the start of the data, `shape` in elements. */
export interface TensorEntry {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

/**
 * The length of the header that the first eight bytes of a file of `fileBytes` bytes give.
 *
 * @throws UserError where there are fewer, or the header exceeds the file or {@link maxHeaderBytes}.
 */
export function headerLength(start: Uint8Array, fileBytes: bigint, file: string): number {
  const length = start.length < 8 ? null : new DataView(start.buffer, start.byteOffset).getBigUint64(0, true);
  if (length === null || length > fileBytes - 8n || length > BigInt(maxHeaderBytes)) {
    throw new UserError(
      `${file}: is ${fileBytes} bytes with a header of ${length ?? 'no'} bytes, expected a safetensors ` +
        `file with a header of at most ${maxHeaderBytes}`,
    );
  }
  return Number(length);
}

/**
 * The tensors of a header in the order of their data, which is `dataBytes` long. They own it all: each starts
 * where the one before ended and is as long as its dtype and shape say. Lengths are compared in 64 bits.
 *
 * @throws UserError naming `file` and the key that is wrong.
 */
export function parseHeader(header: Uint8Array, dataBytes: bigint, file: string): readonly TensorEntry[] {
  const entries = Object.entries(parseJson(header, file)).flatMap(([name, value]) => {
    if (name !== '__metadata__') return [entryOf(name, value, file)];
    checkMetadata(value, file);
    return [];
  });
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let expected = 0n;
  for (const entry of entries) {
    checkPlace(entry, expected, dataBytes, file);
    expected = BigInt(entry.end);
  }
  if (expected !== dataBytes) {
    throw new UserError(`${file}: has ${dataBytes} bytes of data, its header describes ${expected}`);
  }
  return entries;
}

function parseJson(header: Uint8Array, file: string): object {
  let text = '';
  let json: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(header);
    json = JSON.parse(text);
  } catch {
    // Reported below, as anything else that is not an object.
  }
  if (!text.startsWith('{') || !isJson(json)) {
    throw new UserError(`${file}: has a header that is no JSON object, expected a safetensors file`);
  }
  const twice = duplicateKey(text);
  if (twice !== null) {
    throw new UserError(`${file}: /${twice}: stands twice in the header, expected different keys`);
  }
  return json;
}

/** The first key that an object of a (sound) JSON text has twice; JSON.parse would keep the later one. */
function duplicateKey(json: string): string | null {
  const open: Set<string>[] = [];
  for (const [token, string, colon] of json.matchAll(/("[^"\\]*(?:\\.[^"\\]*)*")(\s*:)?|[{}]/g)) {
    if (token === '{') open.push(new Set());
    else if (token === '}') open.pop();
    else if (colon !== undefined) {
      const key = String(JSON.parse(string!));
      if (open.at(-1)!.has(key)) return key;
      open.at(-1)!.add(key);
    }
  }
  return null;
}

function checkMetadata(value: unknown, file: string): void {
  if (isJson(value) && Object.values(value).every((text) => typeof text === 'string')) return;
  throw new UserError(`${file}: /__metadata__: is ${shown(value)}, expected an object of strings`);
}

function entryOf(name: string, value: unknown, file: string): TensorEntry {
  const { dtype, shape, data_offsets: offsets } = isJson(value) ? value : {};
  const reject = (key: string, found: unknown, expected: string): never => {
    throw new UserError(`${file}: /${name}/${key}: is ${shown(found)}, expected ${expected}`);
  };
  if (typeof dtype !== 'string' || !dtypeBytes.has(dtype)) {
    return reject('dtype', dtype, `one of ${[...dtypeBytes.keys()].join(', ')}`);
  }
  if (!isCounts(shape)) return reject('shape', shape, 'a list of counts');
  if (!isCounts(offsets) || offsets.length !== 2) {
    return reject('data_offsets', offsets, '[begin, end] in bytes');
  }
  return { name, dtype, shape, begin: offsets[0]!, end: offsets[1]! };
}

function checkPlace(entry: TensorEntry, expected: bigint, available: bigint, file: string): void {
  const { name, begin, end } = entry;
  const length = byteLength(entry, file);
  const sound = BigInt(begin) === expected && BigInt(end) === expected + length && BigInt(end) <= available;
  if (sound) return;
  throw new UserError(
    `${file}: /${name}/data_offsets: is [${begin}, ${end}], expected [${expected}, ${expected + length}] ` +
      `within ${available} bytes of data`,
  );
}

function byteLength({ name, dtype, shape }: TensorEntry, file: string): bigint {
  let length = BigInt(dtypeBytes.get(dtype)!);
  for (const extent of shape) {
    length *= BigInt(extent);
    if (length >= 1n << 64n) {
      throw new UserError(`${file}: /${name}/shape: is ${shown(shape)}, expected below 2^64 bytes`);
    }
  }
  return length;
}

function isCounts(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((count) => isCount(count));
}

/** A value as a message shows it. What nests is only named: a header may nest it a hundred thousand deep. */
function shown(value: unknown): string {
  if (isJson(value)) return 'an object';
  const isNested = Array.isArray(value) && value.some((item) => typeof item === 'object');
  return isNested ? 'a nested list' : quoted(value);
}
