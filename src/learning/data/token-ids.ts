import { isCount, rejectKey, type Json } from '../json-file.js';

/**
 * The ids of a vocabulary by their tokens; `key` is where it stands in `file`.
 *
 * @throws UserError naming the file and the token whose id is none.
 */
export function tokenIds(vocab: Json, file: string, key = ''): Map<string, number> {
  const ids = Object.entries(vocab).map(([token, id]) =>
    isCount(id) ? ([token, id] as const) : rejectKey(file, key + token, id, 'an id, 0 or more'),
  );
  return new Map(ids);
}
