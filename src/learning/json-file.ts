import { access } from 'node:fs/promises';
import { basename } from 'node:path';
import { messageOf, oneLine, UserError } from '../errors.js';
import { refuseNesting } from '../nesting.js';
import { readTextFile } from '../text-file.js';

/** A JSON object as it came from outside. */
export type Json = Readonly<Record<string, unknown>>;

/**
 * The JSON object in a file that came with a model. UserError where it cannot be read or is not a JSON
 * object.
 */
export async function readJson(file: string): Promise<Json> {
  const text = await readText(file);
  refuseNesting(text, file);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (thrown) {
    throw new UserError(
      `${file}: is not JSON (${oneLine(messageOf(thrown))}), expected a model's ${basename(file)}`,
    );
  }
  if (isJson(json)) return json;
  throw new UserError(`${file}: is ${oneLine(text)}, expected a JSON object`);
}

/** The text of a file that came with a model. UserError where it cannot be read. */
export function readText(file: string): Promise<string> {
  return readTextFile(file, `a model's ${basename(file)}`);
}

export async function isThere(file: string): Promise<boolean> {
  try {
    await access(file);
    return true;
  } catch {
    return false;
  }
}

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether it is a whole number, `least` or more. */
export function isCount(value: unknown, least = 0): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= least;
}

/** UserError that names the file, the JSON pointer `/key` and its value. */
export function rejectKey(file: string, key: string, value: unknown, expected: string): never {
  throw new UserError(`${file}: /${key}: is ${quoted(value)}, expected ${expected}`);
}

export function quoted(value: unknown): string {
  return value === undefined ? 'missing' : JSON.stringify(value).slice(0, 80);
}
