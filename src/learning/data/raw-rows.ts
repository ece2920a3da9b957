import { messageOf, oneLine, UserError } from '../../errors.js';
import { nestsTooDeep, refuseNesting } from '../../nesting.js';
import { readTextFile } from '../../text-file.js';

/** Stands for a line that is no JSON, or nests too deep. */
export const notJson = Symbol('not JSON');

/**
 * The rows of a file as they stand there: of a JSON array, or else of JSON lines, blank ones passed over.
 *
 * @throws UserError where the file cannot be read, holds no row or begins as an array that is no JSON.
 */
export async function readRawRows(file: string, expected: string): Promise<readonly unknown[]> {
  const text = (await readTextFile(file, expected)).trim();
  const rows = text.startsWith('[') ? arrayOf(text, file, expected) : linesOf(text);
  if (rows.length === 0) throw new UserError(`${file}: holds no rows, expected ${expected}`);
  return rows;
}

function arrayOf(text: string, file: string, expected: string): readonly unknown[] {
  refuseNesting(text, file);
  try {
    return JSON.parse(text) as readonly unknown[];
  } catch (thrown) {
    throw new UserError(`${file}: is no JSON (${oneLine(messageOf(thrown))}), expected ${expected}`);
  }
}

function linesOf(text: string): unknown[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line): unknown => {
      try {
        return nestsTooDeep(line) ? notJson : JSON.parse(line);
      } catch {
        return notJson;
      }
    });
}
