import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { messageOf, UserError } from './errors.js';

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
 * @throws UserError where it cannot be read, or where a Git LFS pointer stands in its place.
 */
export async function readTextFile(file: string, expected: string): Promise<string> {
  let text: string;
  try {
    text = textOf(await readFile(file));
  } catch (thrown) {
    throw new UserError(`${file}: cannot be read (${messageOf(thrown)}), expected ${expected}`);
  }
  refuseLfsPointer(file, text, expected);
  return text;
}

function textOf(bytes: Buffer): string {
  const unpacked = bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes;
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
