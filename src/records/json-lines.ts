import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { UserError, messageOf } from '../errors.js';
import { refuseNesting } from '../nesting.js';
import { streamedLines } from '../text-lines.js';

const bufferCharacters = 1 << 16;

/**
 * A file of JSON lines. When the system refuses a write (a full disk), that throws once; the file keeps whole
 * lines, and takes no more.
 */
export class JsonLinesFile {
  readonly #file: number;
  #bytes = 0;
  #full = false;
  #waiting: string[] = [];
  #characters = 0;
  #closed = false;

  /** Creates the file, or empties it. */
  constructor(readonly path: string) {
    this.#file = openSync(path, 'w');
  }

  append(line: string): void {
    if (this.#closed) throw new Error(`${this.path}: a row came after the file was closed`);
    if (this.#full) return;
    this.#waiting.push(line, '\n');
    this.#characters += line.length + 1;
    if (this.#characters >= bufferCharacters) this.flush();
  }

  /** Hands every line so far to the operating system; a killed process loses none of them. */
  flush(): void {
    if (this.#waiting.length === 0) return;
    const bytes = Buffer.from(this.#waiting.join(''));
    this.#waiting = [];
    this.#characters = 0;
    let written = 0;
    try {
      while (written < bytes.length) written += writeSync(this.#file, bytes, written);
      this.#bytes += written;
    } catch (cause) {
      this.#full = true;
      ftruncateSync(this.#file, this.#bytes + bytes.subarray(0, written).lastIndexOf('\n') + 1);
      throw new Error(`${this.path}: cannot be written (${messageOf(cause)})`);
    }
  }

  /** Flushes and closes; closing twice is harmless. */
  close(): void {
    if (this.#closed) return;
    this.flush();
    closeSync(this.#file);
    this.#closed = true;
  }
}

/**
 * The rows of a file of JSON lines. A last line that a killed run left unfinished is passed over.
 * Throws a UserError if the file is missing or a line before the last is not JSON.
 */
export async function readJsonLines<Row>(path: string): Promise<Row[]> {
  const all: Row[] = [];
  for await (const rows of streamedJsonLines<Row>(path)) for (const row of rows) all.push(row);
  return all;
}

/** The same, some rows at a time, whatever the size of the file. */
export async function* streamedJsonLines<Row>(path: string): AsyncGenerator<Row[], void, void> {
  let number = 0;
  for await (const lines of streamedLines(path, 'a record of a run')) {
    yield lines.map((line) => parsedLine<Row>(line, path, ++number));
  }
}

/** A line's JSON, taken at its word. UserError that names file and line where it is none. */
export function parsedLine<Row>(line: string, path: string, number: number): Row {
  refuseNesting(line, `${path}:${number}`);
  try {
    return JSON.parse(line) as Row;
  } catch {
    throw new UserError(`${path}:${number}: is not JSON, expected a row of a run's record`);
  }
}
