import { isJson, quoted, type Json } from '../json-file.js';
import { notJson } from './raw-rows.js';
import type { Defect } from './defect.js';

/** One way in which a row of a file can be written, known by its keys. */
export interface Layout<T> {
  /** As messages and docs/data.md show it. */
  readonly form: string;
  /** A row has all of them; a row that has the first alone is one of this layout with something missing. */
  readonly keys: readonly [string, ...string[]];
  readonly read: (row: Json) => T | Defect;
}

/** How many keys a message names of a row whose layout is unknown. */
const shownKeys = 8;

/** What a file of these layouts should be, for messages. */
export function expectedOf(layouts: readonly Layout<unknown>[]): string {
  return `JSON or JSON lines with rows ${layouts.map(({ form }) => form).join(' or ')}`;
}

/** Reads a raw row by the first of the layouts that has its keys. */
export function readByLayout<T>(layouts: readonly Layout<T>[], row: unknown): T | Defect {
  if (row === notJson) return { field: '', is: 'is no JSON' };
  if (!isJson(row)) return { field: '', is: 'is no object' };
  const layout =
    layouts.find(({ keys }) => keys.every((key) => key in row)) ?? layouts.find(({ keys }) => keys[0] in row);
  if (layout) return layout.read(row);
  const keys = Object.keys(row).slice(0, shownKeys).map(quoted);
  return { field: '', is: 'is of no known layout', detail: `its keys are ${keys.join(', ') || 'none'}` };
}
