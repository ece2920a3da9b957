/**
 * Values by key, in a fixed order, that never change: a list with another value of one key costs O(log n) and shares
 * all else with the one before, as in Clojure's vectors (a tree of 16 branches; Bagwell, Ideal hash trees, 2001).
 */
export interface KeyedList<T> {
  readonly keys: readonly string[];
  readonly places: ReadonlyMap<string, number>;
  readonly root: Branch<T>;
}

/** So many values, or branches each of which holds `below` values but for the last. */
type Branch<T> =
  | { readonly below: 1; readonly values: readonly T[] }
  | { readonly below: number; readonly values: null; readonly branches: readonly Branch<T>[] };

const width = 16;

/** A list of these, in this order; the keys have to be distinct. */
export function keyedList<T>(entries: readonly (readonly [key: string, value: T])[]): KeyedList<T> {
  const keys = entries.map(([key]) => key);
  let branches: readonly Branch<T>[] = inGroups(entries.map(([, value]) => value)).map((values) => ({
    ...{ below: 1, values },
  }));
  for (let below = width; branches.length > 1; below *= width) {
    branches = inGroups(branches).map((group) => ({ below, values: null, branches: group }));
  }
  return {
    keys,
    places: new Map(keys.map((key, place) => [key, place])),
    root: branches[0] ?? { below: 1, values: [] },
  };
}

function inGroups<T>(all: readonly T[]): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(all.length / width) }, (_, group) =>
    all.slice(group * width, (group + 1) * width),
  );
}

/** The value of a key; undefined where the list has no such key. */
export function valueOf<T>({ places, root }: KeyedList<T>, key: string): T | undefined {
  let place = places.get(key);
  if (place === undefined) return undefined;
  let branch = root;
  while (branch.values === null) {
    const at = Math.floor(place / branch.below);
    place -= at * branch.below;
    branch = branch.branches[at]!;
  }
  return branch.values[place];
}

/** With other values of some keys. Error where one is not in the list. */
export function withValues<T>(
  list: KeyedList<T>,
  keys: readonly string[],
  change: (value: T, key: string) => T,
): KeyedList<T> {
  let { root } = list;
  for (const key of keys) {
    const place = list.places.get(key);
    if (place === undefined) throw new Error(`${key} is not in the list`);
    root = withValueAt(root, place, (value) => change(value, key));
  }
  return root === list.root ? list : { ...list, root };
}

function withValueAt<T>(branch: Branch<T>, place: number, change: (value: T) => T): Branch<T> {
  if (branch.values !== null) return { below: 1, values: withAt(branch.values, place, change) };
  const { below, branches } = branch;
  const at = Math.floor(place / below);
  const changed = withAt(branches, at, (each) => withValueAt(each, place - at * below, change));
  return { below, values: null, branches: changed };
}

function withAt<T>(all: readonly T[], at: number, change: (value: T) => T): readonly T[] {
  const copy = all.slice();
  copy[at] = change(all[at]!);
  return copy;
}

/**
 * What all values of a list come to, by a function of each and one that joins two. It is kept for every branch, so that after
 * a change only the branches above it are asked anew.
 */
export class Digest<T, Sum> {
  readonly #of: (value: T) => Sum;
  readonly #join: (one: Sum, other: Sum) => Sum;
  readonly #nothing: Sum;
  readonly #known = new WeakMap<Branch<T>, Sum>();

  constructor(of: (value: T) => Sum, join: (one: Sum, other: Sum) => Sum, nothing: Sum) {
    this.#of = of;
    this.#join = join;
    this.#nothing = nothing;
  }

  total({ root }: KeyedList<T>): Sum {
    return this.#sum(root);
  }

  /**
   * The keys, in the order of the list, of the values that are meant. What is meant of two is to be meant of one of
   * them: where nothing is meant of a branch, nobody looks into it.
   */
  keysWhere({ keys, root }: KeyedList<T>, isMeant: (sum: Sum) => boolean): readonly string[] {
    const found: string[] = [];
    const visit = (branch: Branch<T>, first: number): void => {
      if (!isMeant(this.#sum(branch))) return;
      if (branch.values === null) {
        return branch.branches.forEach((each, at) => visit(each, first + at * branch.below));
      }
      branch.values.forEach((value, at) => {
        if (isMeant(this.#of(value))) found.push(keys[first + at]!);
      });
    };
    visit(root, 0);
    return found;
  }

  #sum(branch: Branch<T>): Sum {
    const known = this.#known.get(branch);
    if (known !== undefined) return known;
    const sums =
      branch.values === null
        ? branch.branches.map((each) => this.#sum(each))
        : branch.values.map((value) => this.#of(value));
    const sum = sums.reduce((one, other) => this.#join(one, other), this.#nothing);
    this.#known.set(branch, sum);
    return sum;
  }
}
