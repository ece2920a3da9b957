import { createHash } from 'node:crypto';
import { columns, tableHash, tableHead, type TokenTable } from '../learning/data/token-table.js';
import {
  headOf,
  parametersIn,
  refOf,
  sharedFloats,
  type ParamKind,
  type ParamSet,
} from '../learning/params/param-set.js';
import { isSet } from '../learning/params/sets-in.js';

/*
 * Parameter sets and token tables as bytes, and back. The bytes are those that the hash is of: a head, which is JSON,
 * and the numbers. So the SHA-256 of the bytes is the hash, and who has both needs to know nothing else to check them.
 */

/** What travels beside a job, by its hash. */
export type Content = ParamSet | TokenTable;

export const hashOfContent = (content: Content) => (isSet(content) ? refOf(content).hash : content.hash);

/** Whether these bytes are what a hash names. */
export function isContent(bytes: Uint8Array, hash: string): boolean {
  return createHash('sha256').update(bytes).digest('hex') === hash;
}

export function bytesOfContent(content: Content): Uint8Array {
  return isSet(content)
    ? joined(headOf(content), [content.values])
    : joined(tableHead(content), [content.rows, content.tokens]);
}

/** The set of a hash; the bytes have to be its own (`isContent`). */
export function setOfBytes(bytes: Uint8Array, hash: string): ParamSet {
  const { head, rest } = parted(bytes);
  const [kind, named] = head as [ParamKind, readonly [string, readonly number[]][]];
  const tensors = named.map(([name, shape]) => ({ name, shape }));
  const values = sharedFloats(parametersIn(tensors));
  bytesIn(values).set(rest);
  return { kind, tensors, values, hash };
}

/** The table of a hash; the bytes have to be its own (`isContent`). */
export function tableOfBytes(bytes: Uint8Array): TokenTable {
  const { head, rest } = parted(bytes);
  const [ofRows, ofTokens] = head as [number, number];
  const rows = new Int32Array(new SharedArrayBuffer(4 * ofRows));
  const tokens = new Int32Array(new SharedArrayBuffer(4 * ofTokens));
  bytesIn(rows).set(rest.subarray(0, rows.byteLength));
  bytesIn(tokens).set(rest.subarray(rows.byteLength));
  return { hash: tableHash({ rows, tokens }), count: ofRows / columns, tokens, rows };
}

function joined(head: string, arrays: readonly (Float32Array | Int32Array)[]): Uint8Array {
  return Buffer.concat([Buffer.from(head), ...arrays.map(bytesIn)]);
}

const bytesIn = ({ buffer, byteOffset, byteLength }: Float32Array | Int32Array) =>
  new Uint8Array(buffer, byteOffset, byteLength);

const code = { quote: 0x22, backslash: 0x5c, open: 0x5b, close: 0x5d } as const;

/** The head is an array, which ends where its bracket is closed. */
function parted(bytes: Uint8Array): { readonly head: unknown; readonly rest: Uint8Array } {
  let depth = 0;
  let isInText = false;
  let at = 0;
  do {
    const byte = bytes[at++];
    if (byte === undefined) throw new RangeError('a set or a table has no head');
    if (byte === code.backslash) at++;
    else if (byte === code.quote) isInText = !isInText;
    else if (!isInText && byte === code.open) depth++;
    else if (!isInText && byte === code.close) depth--;
  } while (depth > 0);
  return { head: JSON.parse(Buffer.from(bytes.subarray(0, at)).toString()), rest: bytes.subarray(at) };
}
