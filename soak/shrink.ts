import { isDeepStrictEqual } from 'node:util';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export interface Shrinking {
  /** Whether a smaller one still fails, and fails alike. */
  readonly fails: (candidate: Json) => Promise<boolean>;
  /** Keys that stay, wherever they are. */
  readonly keep: readonly string[];
  /** Candidates that are tried at most. */
  readonly mostTries: number;
}

/**
 * The smallest value found that still fails: keys and parts of lists are left out, numbers made smaller, the
 * greatest parts first, until nothing that can be taken away can be missed.
 */
export async function shrunk(value: Json, { fails, keep, mostTries }: Shrinking): Promise<Json> {
  let smallest = value;
  let tries = 0;
  for (let progressed = true; progressed;) {
    progressed = false;
    for (let place = 0; ;) {
      const candidate = smaller(smallest, keep)[place];
      if (candidate === undefined) break;
      if (tries++ === mostTries) return smallest;
      if (await fails(candidate)) {
        smallest = candidate;
        progressed = true;
      } else place += 1;
    }
  }
  return smallest;
}

/** All that are one step smaller, those that lack most first. */
function smaller(value: Json, keep: readonly string[]): Json[] {
  const found: Json[] = [];
  for (const candidate of steps(value, keep)) {
    if (!found.some((other) => isDeepStrictEqual(other, candidate))) found.push(candidate);
  }
  return found.sort((a, b) => JSON.stringify(a).length - JSON.stringify(b).length);
}

function* steps(value: Json, keep: readonly string[]): Generator<Json> {
  if (typeof value === 'number') yield* smallerNumbers(value);
  else if (Array.isArray(value)) yield* smallerLists(value as readonly Json[], keep);
  else if (typeof value === 'object' && value !== null)
    yield* smallerObjects(value as { [key: string]: Json }, keep);
}

function* smallerNumbers(value: number): Generator<number> {
  if (!Number.isInteger(value) || value <= 1) return;
  yield 1;
  if (value > 3) yield Math.floor(value / 2);
  if (value > 2) yield value - 1;
}

function* smallerLists(list: readonly Json[], keep: readonly string[]): Generator<Json> {
  const half = Math.ceil(list.length / 2);
  if (list.length > 2) yield* [list.slice(half), list.slice(0, half)];
  for (const [place, entry] of list.entries()) {
    yield list.filter((_, other) => other !== place);
    for (const candidate of steps(entry, keep)) yield list.with(place, candidate);
  }
}

function* smallerObjects(object: { readonly [key: string]: Json }, keep: readonly string[]): Generator<Json> {
  for (const [key, entry] of Object.entries(object)) {
    if (keep.includes(key)) continue;
    const { [key]: _, ...rest } = object;
    yield rest;
    for (const candidate of steps(entry, keep)) yield { ...object, [key]: candidate };
  }
}
