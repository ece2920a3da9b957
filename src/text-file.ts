import { readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { messageOf, UserError } from './errors.js';

/** Bytes that a text file may have. */
export const mostBytes = {
  /** A scenario or a study: 1,000 clients with settings of their own have some 200 kB. YAML takes seconds for a megabyte. */
  scenario: 1 << 18,
  /** All else: rows of data, traces, records, tokenizers. V8 has no longer string than 512 MiB. */
  text: (1 << 29) - (1 << 10),
  /** What a study's folder says of its runs: 100,000 runs come to some 30 MB. */
  records: 1 << 26,
  /** A trace of gains or of times. */
  trace: 1 << 25,
  /** What gzip may unpack to; the largest of hh-rlhf's files comes to some 100 MB. */
  unpacked: 1 << 28,
} as const;

/** Lines of a trace: a value each millisecond for eight minutes. */
const mostLines = 500_000;

/** The lines of a trace's text. UserError where there are more than {@link mostLines}. */
export function traceLines(text: string, file: string): readonly string[] {
  const lines = text.split(/\r\n|\n|\r/, mostLines + 1);
  if (lines.length <= mostLines) return lines;
  throw new UserError(`${file}: has more than ${mostLines} lines, expected a shorter trace`);
}

/** Byte-order marks, and what the bytes behind them are; without one a text is UTF-8. */
const byteOrderMarks = [
  { mark: [0xef, 0xbb, 0xbf], encoding: 'utf-8' },
  { mark: [0xff, 0xfe], encoding: 'utf-16le' },
  { mark: [0xfe, 0xff], encoding: 'utf-16be' },
] as const;

/**
 * The text of a file that came from outside: UTF-8, or UTF-16 with its byte-order mark, without the mark.
 * What begins with gzip's magic bytes is unpacked first.
 *
 * @param expected What the file should be, for messages.
 * @param most Bytes that it may have, before and after it is unpacked.
 * @throws UserError where it cannot be read, is no file or larger, or where a Git LFS pointer stands in its place.
 */
export async function readTextFile(
  file: string,
  expected: string,
  most: number = mostBytes.text,
): Promise<string> {
  let text: string;
  try {
    const found = await stat(file);
    // A pipe or a device has no size, and may have no end.
    if (!found.isFile()) throw new Error('is no file');
    if (found.size > most) throw new Error(`has ${found.size} bytes, more than ${most}`);
    text = textOf(await readFile(file), most);
  } catch (thrown) {
    throw new UserError(`${file}: cannot be read (${messageOf(thrown)}), expected ${expected}`);
  }
  refuseLfsPointer(file, text, expected);
  return text;
}

function textOf(bytes: Buffer, most: number): string {
  const isPacked = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const unpacked = isPacked
    ? gunzipSync(bytes, { maxOutputLength: Math.min(most, mostBytes.unpacked) })
    : bytes;
  const found = byteOrderMarks.find(({ mark }) => mark.every((byte, place) => unpacked[place] === byte));
  return found ? new TextDecoder(found.encoding).decode(unpacked) : unpacked.toString('utf8');
}

/** The first line of a Git LFS pointer (github.com/git-lfs/git-lfs, docs/spec.md), up to its version. */
const lfsPointer = 'version https://git-lfs.github.com/spec/';

/** As many bytes tell a Git LFS pointer. */
export const lfsPointerBytes = lfsPointer.length;

/** UserError that says what to run, where a file begins as a Git LFS pointer. */
export function refuseLfsPointer(file: string, begins: string, expected: string): void {
  if (!begins.startsWith(lfsPointer)) return;
  throw new UserError(
    `${file}: is a Git LFS pointer, which only names the file, expected ${expected}; run "git lfs install" ` +
      `once and "git lfs pull" in ${dirname(file)}, or download the file itself`,
  );
}
