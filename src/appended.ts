/** Values that only ever grow by one more; the list with it shares all full blocks with the one before. */
export interface Appended<T> {
  readonly blocks: readonly (readonly T[])[];
  readonly last: readonly T[];
}

/** After so many values a block is full: of n values an append copies at most these and n / 512 references. */
const size = 512;

export function appended<T>({ blocks, last }: Appended<T>, value: T): Appended<T> {
  return last.length === size
    ? { blocks: [...blocks, last], last: [value] }
    : { blocks, last: [...last, value] };
}

/** The value of a place from 0; undefined beyond the end. */
export function valueAt<T>({ blocks, last }: Appended<T>, place: number): T | undefined {
  const block = Math.floor(place / size);
  return (block === blocks.length ? last : blocks[block])?.[place % size];
}
