import type { TokenTable } from '../data/token-table.js';
import type { Gpt } from '../model/gpt.js';
import { scoreFeatures } from '../model/reward-features.js';
import type { Weights } from '../model/weights.js';
import { tableRow, type TableRow } from './batches.js';

const cachedTables = 64;
const known = new WeakMap<Weights, Map<string, Float32Array>>();

/**
 * `scoreFeatures` of all rows of a table: the features of preference pairs never change, however many rounds
 * of Step 2.3 read them.
 */
export function tableFeatures(base: Gpt, table: TokenTable): Float32Array {
  return remembered(base.base, 'features', table, () => scoreFeatures(base, tableRows(table)));
}

/**
 * What a frozen model makes of a table, remembered in this thread while the model is loaded. Tables unused
 * for longest are forgotten.
 */
export function remembered(
  model: Weights,
  what: 'features' | 'states',
  table: TokenTable,
  make: () => Float32Array,
): Float32Array {
  const tables = known.get(model) ?? new Map<string, Float32Array>();
  known.set(model, tables);
  const key = `${what} ${table.hash}`;
  const features = tables.get(key) ?? make();
  tables.delete(key);
  tables.set(key, features);
  if (tables.size > cachedTables) tables.delete(tables.keys().next().value!);
  return features;
}

/** All rows of a table, in order. */
export function tableRows(table: TokenTable): TableRow[] {
  return Array.from({ length: table.count }, (_, row) => tableRow(table, row));
}

/** Their tokens alone. */
export function tokenRows(table: TokenTable): Int32Array[] {
  return tableRows(table).map(({ tokens }) => tokens);
}
