import type { TokenTable } from '../data/token-table.js';
import type { Gpt } from '../model/gpt.js';
import { scoreFeatures } from '../model/reward-features.js';
import type { Weights } from '../model/weights.js';
import { tableRow } from './batches.js';

const cachedTables = 64;
const known = new WeakMap<Weights, Map<string, Float32Array>>();

/**
 * `scoreFeatures` of all rows of a table, remembered in this thread while the base model is loaded: the
 * features of preference pairs never change, however many rounds of Step 2.3 read them. Tables unused for
 * longest are forgotten.
 */
export function tableFeatures(base: Gpt, table: TokenTable): Float32Array {
  const tables = known.get(base.base) ?? new Map<string, Float32Array>();
  known.set(base.base, tables);
  const rows = Array.from({ length: table.count }, (_, row) => tableRow(table, row));
  const features = tables.get(table.hash) ?? scoreFeatures(base, rows);
  tables.delete(table.hash);
  tables.set(table.hash, features);
  if (tables.size > cachedTables) tables.delete(tables.keys().next().value!);
  return features;
}
