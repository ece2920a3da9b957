import { decoded, encoded, type Json } from '../journal/coded-result.js';
import type { TokenTable } from '../learning/data/token-table.js';
import { taskRequest } from '../learning/training/request.js';
import type { TaskRequest } from '../learning/training/task.js';
import type { ParamSet } from '../learning/params/param-set.js';
import { mapValues } from '../map-values.js';
import { setOfBytes, tableOfBytes, type Content } from './content.js';

/*
 * A task's request as JSON, and back bit for bit: sets and tables by their hashes.
 */

/** A request in a job, and the sets and tables that it names. */
export interface CodedRequest {
  readonly request: Json;
  readonly contents: readonly Content[];
}

export function codedRequest(request: TaskRequest): CodedRequest {
  const contents: Content[] = [];
  const byHash = (table: TokenTable) => {
    contents.push(table);
    return { $table: table.hash };
  };
  const plain = { ...request, data: eachTable(request.data, byHash) };
  return { request: encoded(plain, (set) => contents.push(set)), contents };
}

/** Blobs that a job names and that are not to be found. */
export class MissingBlob extends Error {
  override readonly name = 'MissingBlob';
}

/** The sets and tables of a job, by their hashes; rejects with `MissingBlob`. */
export interface Contents {
  set(hash: string): Promise<ParamSet>;
  table(hash: string): Promise<TokenTable>;
}

/** Rejects where a blob is missing, and where the request is not what its key says. */
export async function decodedRequest(request: Json, contents: Contents): Promise<TaskRequest> {
  const sets = new Map<string, ParamSet>();
  const tables = new Map<string, TokenTable>();
  for (const { $set, $table } of marksIn(request)) {
    if ($set !== undefined) sets.set($set, await contents.set($set));
    if ($table !== undefined) tables.set($table, await contents.table($table));
  }
  const plain = decoded(request, (hash) => sets.get(hash)!) as TaskRequest;
  const data = eachMark(plain.data, (hash) => tables.get(hash)!) as TaskRequest['data'];
  const { key, ...rest } = { ...plain, data };
  const whole = taskRequest(rest);
  if (whole.key === key) return whole;
  throw new Error(`a task of key ${key.slice(0, 16)} came as one of key ${whole.key.slice(0, 16)}`);
}

/** What stands for a set or a table. */
interface Mark {
  readonly $set?: string;
  readonly $table?: string;
}

function marksIn(json: Json): readonly Mark[] {
  if (typeof json !== 'object' || json === null) return [];
  const { $set, $table } = json as { readonly [key: string]: Json };
  if (typeof $set === 'string') return [{ $set }];
  if (typeof $table === 'string') return [{ $table }];
  return Object.values<Json>(json as { readonly [key: string]: Json }).flatMap(marksIn);
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

function eachTable(slot: unknown, change: (table: TokenTable) => unknown): unknown {
  if (!isObject(slot)) return slot;
  return 'tokens' in slot
    ? change(slot as unknown as TokenTable)
    : mapValues(slot, (inner) => eachTable(inner, change));
}

function eachMark(slot: unknown, change: (hash: string) => TokenTable): unknown {
  if (!isObject(slot)) return slot;
  return typeof slot.$table === 'string'
    ? change(slot.$table)
    : mapValues(slot, (inner) => eachMark(inner, change));
}

/** Reads sets and tables from their bytes. */
export const contentsFrom = (find: (hash: string) => Promise<Uint8Array | null>): Contents => {
  const found = async (hash: string) => {
    const bytes = await find(hash);
    if (bytes === null) throw new MissingBlob(`the store has no blob ${hash.slice(0, 16)}`);
    return bytes;
  };
  return {
    set: async (hash) => setOfBytes(await found(hash), hash),
    table: async (hash) => tableOfBytes(await found(hash)),
  };
};
