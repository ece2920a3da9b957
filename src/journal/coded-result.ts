import { refOf, type ParamKind, type ParamSet } from '../learning/params/param-set.js';
import { isSet } from '../learning/params/sets-in.js';

/*
 * A task's result as JSON, and back bit for bit: parameter sets by their hashes, arrays of numbers by their bytes,
 * and the four numbers that JSON does not have by their names.
 */

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

const arrays = { $int32: Int32Array, $float32: Float32Array, $float64: Float64Array } as const;
type ArrayTag = keyof typeof arrays;
const tags = Object.keys(arrays) as ArrayTag[];

/** What a result says of a set: where it is to be found. */
export interface SetAddress {
  readonly hash: string;
  readonly kind: ParamKind;
}

/** `keep` is given each set. Throws a TypeError where a value is of another kind. */
export function encoded(value: unknown, keep: (set: ParamSet) => void): Json {
  if (typeof value === 'number')
    return Number.isFinite(value) && !Object.is(value, -0) ? value : named(value);
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map((each) => encoded(each, keep));
  if (typeof value !== 'object') throw new TypeError(`a task's result has a ${typeof value}`);
  const tag = tags.find((each) => value instanceof arrays[each]);
  if (tag !== undefined) return { [tag]: bytesOf(value as InstanceType<(typeof arrays)[ArrayTag]>) };
  if (isSet(value)) {
    keep(value);
    return { $set: refOf(value).hash, kind: value.kind };
  }
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(entries.map(([key, inner]) => [key, encoded(inner, keep)]));
}

/** `find` has the sets by their hashes. */
export function decoded(json: Json, find: (hash: string) => ParamSet): unknown {
  if (typeof json !== 'object' || json === null) return json;
  if (Array.isArray(json)) return json.map((each: Json) => decoded(each, find));
  const value = json as { readonly [key: string]: Json };
  if (typeof value.$set === 'string') return find(value.$set);
  if (typeof value.$number === 'string') return value.$number === '-0' ? -0 : Number(value.$number);
  const tag = tags.find((each) => typeof value[each] === 'string');
  if (tag !== undefined) return arrayOf(tag, value[tag] as string);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, decoded(inner, find)]));
}

/** Whether it is a result's form: an object, all of whose arrays are of whole numbers of elements. */
export function isDecodable(json: Json | undefined): boolean {
  return typeof json === 'object' && json !== null && !Array.isArray(json) && hasWholeArrays(json);
}

function hasWholeArrays(json: Json): boolean {
  if (typeof json !== 'object' || json === null) return true;
  const inner = Object.values<Json>(json as { readonly [key: string]: Json });
  const value = json as { readonly [key: string]: Json };
  const tag = tags.find((each) => typeof value[each] === 'string');
  if (tag === undefined) return inner.every(hasWholeArrays);
  const bytes = Buffer.from(value[tag] as string, 'base64').length;
  return bytes % arrays[tag].BYTES_PER_ELEMENT === 0;
}

/** All sets that a result has. */
export function setsIn(json: Json): SetAddress[] {
  if (typeof json !== 'object' || json === null) return [];
  if (Array.isArray(json)) return json.flatMap((each: Json) => setsIn(each));
  const value = json as { readonly [key: string]: Json };
  const { $set: hash, kind } = value;
  return typeof hash === 'string'
    ? [{ hash, kind: kind as ParamKind }]
    : Object.values(value).flatMap(setsIn);
}

const named = (value: number) => ({ $number: Object.is(value, -0) ? '-0' : String(value) });

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): string {
  return Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength).toString('base64');
}

function arrayOf(tag: ArrayTag, base64: string): InstanceType<(typeof arrays)[ArrayTag]> {
  const bytes = Uint8Array.from(Buffer.from(base64, 'base64'));
  return new arrays[tag](bytes.buffer);
}
