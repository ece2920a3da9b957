import { isCount, quoted, rejectKey, type Json } from '../json-file.js';

/*
 * Reading Hugging Face's config.json. A key that is missing has the default that the Python package
 * transformers gives it; an error says so, so that nobody searches the file for it.
 */

/** What the model code assumes of a config, by key: the values it works with. */
export type Assumptions = Readonly<Record<string, readonly unknown[]>>;

/** UserError naming the first key whose value the model code does not support. */
export function checkAssumptions(json: Json, file: string, assumptions: Assumptions): void {
  for (const [key, allowed] of Object.entries(assumptions)) {
    if (key in json && !allowed.includes(json[key])) {
      rejectKey(file, key, json[key], allowed.map(quoted).join(' or '));
    }
  }
}

/**
 * The whole number above `least` - 1 under the first of `keys` that is there (transformers knows some keys by
 * two names), or `missing`.
 */
export function countIn(
  json: Json,
  keys: readonly string[],
  missing: number,
  file: string,
  least = 1,
): number {
  const key = keys.find((name) => name in json);
  if (key === undefined) return missing;
  const value = json[key];
  return isCount(value, least) ? value : rejectKey(file, key, value, `a whole number, ${least} or more`);
}

/** The number, 0 or more, under `key`, or `missing`. */
export function numberIn(json: Json, key: string, missing: number, file: string): number {
  if (!(key in json)) return missing;
  const value = json[key];
  return typeof value === 'number' && value >= 0 ? value : rejectKey(file, key, value, 'a number, 0 or more');
}

/** " (the default, as the file has none)" where the file has none of `keys`, to go behind a value. */
export function byDefault(json: Json, ...keys: readonly string[]): string {
  return keys.some((key) => key in json) ? '' : ' (the default for a missing key)';
}
