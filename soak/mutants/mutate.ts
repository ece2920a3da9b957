import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Stream } from '../../src/simulation/random/stream.js';
import { hostileBytes, hostileFiles, hostileKeys, hostileTexts } from './hostile.js';

type Mutation = (bytes: Buffer, draw: Stream) => Buffer;

/**
 * What `draw` makes of a file's content: one to three changes, at any place or inside of what its name says it is, or
 * something else altogether.
 */
export function mutated(name: string, bytes: Buffer, draw: Stream): Buffer {
  if (draw.below(20) === 0) return one(hostileFiles, draw)();
  let changed = bytes;
  for (let more = 1 + draw.below(3); more > 0; more--) {
    const inside = insides.find(({ holds }) => holds(name, changed));
    const change = one(mutations, draw);
    changed = inside && draw.below(4) > 0 ? inside.change(changed, change, draw) : change(changed, draw);
  }
  return changed;
}

/** A form that changes leave whole, so that they come past its first check. */
interface Inside {
  readonly holds: (name: string, bytes: Buffer) => boolean;
  readonly change: (bytes: Buffer, change: Mutation, draw: Stream) => Buffer;
}

const insides: readonly Inside[] = [
  {
    holds: (_, bytes) => isGzip(bytes),
    change: (bytes, change, draw) => gzipSync(change(unpacked(bytes), draw)),
  },
  {
    holds: (name, bytes) => name.endsWith('.safetensors') && bytes.length > 8,
    change(bytes, change, draw) {
      const length = Math.min(Number(bytes.readBigUInt64LE(0)), bytes.length - 8);
      const header = change(bytes.subarray(8, 8 + length), draw);
      const size = Buffer.alloc(8);
      size.writeBigUInt64LE(BigInt(header.length));
      return Buffer.concat([size, header, bytes.subarray(8 + length)]);
    },
  },
  {
    // Entries of a journal, with checksums that are right.
    holds: (name) => name.endsWith('.tasks'),
    change(bytes, change, draw) {
      const lines = bytes.toString().split('\n');
      const at = draw.below(lines.length);
      const entry = change(Buffer.from(lines[at]!.slice(17)), draw)
        .toString()
        .replaceAll('\n', ' ');
      const checksum = createHash('sha256').update(entry).digest('hex').slice(0, 16);
      return Buffer.from(lines.with(at, `${checksum} ${entry}`).join('\n'));
    },
  },
];

const mutations: readonly Mutation[] = [
  flipped,
  truncated,
  duplicatedSlice,
  withoutSlice,
  swappedSlices,
  withHostileBytes,
  multiplied,
  ...Array.from({ length: 5 }, () => withHostileToken),
  ...Array.from({ length: 4 }, () => withHostileNode),
  withKeyTwice,
  (bytes) => gzipSync(bytes),
  (bytes) => Buffer.concat([gzipSync(bytes), Buffer.from('and more')]),
  (bytes) => Buffer.from(`\ufeff${bytes.toString('latin1')}`, 'utf16le'),
];

function flipped(bytes: Buffer, draw: Stream): Buffer {
  if (bytes.length === 0) return bytes;
  const copy = Buffer.from(bytes);
  for (let flips = 1 + draw.below(8); flips > 0; flips--)
    copy[draw.below(copy.length)]! ^= 1 << draw.below(8);
  return copy;
}

function truncated(bytes: Buffer, draw: Stream): Buffer {
  return bytes.subarray(0, draw.below(bytes.length + 1));
}

/** Two places in their order, at most 4,096 bytes from each other. */
function slice(bytes: Buffer, draw: Stream): readonly [from: number, to: number] {
  const from = draw.below(bytes.length + 1);
  return [from, Math.min(bytes.length, from + draw.below(1 << (1 + draw.below(12))))];
}

function duplicatedSlice(bytes: Buffer, draw: Stream): Buffer {
  const [, to] = slice(bytes, draw);
  const [from] = slice(bytes.subarray(0, to), draw);
  return Buffer.concat([bytes.subarray(0, to), bytes.subarray(from)]);
}

function withoutSlice(bytes: Buffer, draw: Stream): Buffer {
  const [from, to] = slice(bytes, draw);
  return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
}

function swappedSlices(bytes: Buffer, draw: Stream): Buffer {
  const [from, to] = slice(bytes, draw);
  const [next] = slice(bytes.subarray(to), draw);
  const parts = [
    [0, from],
    [to, to + next],
    [from, to],
    [to + next, bytes.length],
  ];
  return Buffer.concat(parts.map(([first, last]) => bytes.subarray(first, last)));
}

function withHostileBytes(bytes: Buffer, draw: Stream): Buffer {
  const [from, to] = slice(bytes, draw);
  return Buffer.concat([bytes.subarray(0, from), one(hostileBytes, draw)(), bytes.subarray(to)]);
}

/** Some megabytes of the same. */
function multiplied(bytes: Buffer, draw: Stream): Buffer {
  const [from, to] = slice(bytes, draw);
  const times = Math.floor((1 << (10 + draw.below(13))) / Math.max(1, to - from));
  const part = bytes.subarray(from, to);
  return Buffer.concat([bytes.subarray(0, from), ...Array<Buffer>(times).fill(part), bytes.subarray(to)]);
}

/** A word, a string or a number is replaced; a key by a key where it is one of JSON. */
function withHostileToken(bytes: Buffer, draw: Stream): Buffer {
  const text = bytes.toString('latin1');
  const tokens = [...text.slice(0, 1 << 16).matchAll(/"[^"\n]{0,200}"(\s*:)?|-?\d[\w.+-]*|\w+/g)];
  if (tokens.length === 0) return bytes;
  const { 0: token, 1: colon, index } = one(tokens, draw);
  const put = colon === undefined ? one(hostileTexts, draw)() : `${JSON.stringify(one(hostileKeys, draw))}:`;
  return Buffer.concat([
    bytes.subarray(0, index),
    Buffer.from(put),
    bytes.subarray(index + Buffer.byteLength(token, 'latin1')),
  ]);
}

const placeholder = 'the place of a hostile value';

/** A value anywhere in JSON, or in a line of JSON lines, is taken out or replaced: the rest stays sound. */
function withHostileNode(bytes: Buffer, draw: Stream): Buffer {
  const text = bytes.toString();
  const lines = text.split('\n');
  const at = draw.below(lines.length);
  const [whole, line] = [parsed(text), parsed(lines[at]!)];
  if (typeof whole === 'object') return Buffer.from(hostileInside(whole, draw));
  if (typeof line !== 'object') return withHostileToken(bytes, draw);
  return Buffer.from(lines.with(at, hostileInside(line, draw)).join('\n'));
}

function hostileInside(value: object | null, draw: Stream): string {
  const holders: object[] = [];
  const walk = (each: unknown): void => {
    if (typeof each !== 'object' || each === null) return;
    if (Object.keys(each).length > 0) holders.push(each);
    Object.values(each).forEach(walk);
  };
  walk(value);
  const put = one(hostileTexts, draw)();
  if (holders.length === 0) return put;
  const holder = one(holders, draw) as Record<string, unknown>;
  const key = one(Object.keys(holder), draw);
  if (draw.below(3) === 0) delete holder[key];
  else holder[key] = placeholder;
  return JSON.stringify(value).replace(`"${placeholder}"`, () => put);
}

function withKeyTwice(bytes: Buffer, draw: Stream): Buffer {
  const text = bytes.toString('latin1');
  const members = [...text.slice(0, 1 << 16).matchAll(/"[^"\n]{0,200}"\s*:\s*[\w."-]+/g)];
  if (members.length === 0) return bytes;
  const { 0: member, index } = one(members, draw);
  return Buffer.from(`${text.slice(0, index)}${member},${text.slice(index)}`, 'latin1');
}

/** Undefined where it is no JSON, or nested too deep for the mutator itself. */
function parsed(text: string): unknown {
  if (text.length > 1 << 20 || /(\[\s*){50}|(\{"a":){50}/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isGzip = (bytes: Buffer) => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** Of what is broken or too long, itself. */
function unpacked(bytes: Buffer): Buffer {
  try {
    return gunzipSync(bytes, { maxOutputLength: 1 << 24 });
  } catch {
    return bytes;
  }
}

export function one<T>(among: readonly T[], draw: Stream): T {
  return among[draw.below(among.length)]!;
}
