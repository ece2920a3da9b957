/** Where two JSON values first differ, and what is there; undefined where one of them has nothing. */
export interface Difference {
  /** JSON pointer. */
  readonly pointer: string;
  readonly a: unknown;
  readonly b: unknown;
}

/** In the order of the first value's keys, then of what the second has besides; null where they are equal. */
export function firstDifference(a: unknown, b: unknown, pointer = ''): Difference | null {
  if (!isTree(a) || !isTree(b) || Array.isArray(a) !== Array.isArray(b)) {
    return Object.is(a, b) ? null : { pointer, a, b };
  }
  const [left, right] = [a, b] as Record<string, unknown>[];
  for (const key of new Set([...Object.keys(left!), ...Object.keys(right!)])) {
    const found = firstDifference(left![key], right![key], `${pointer}/${key}`);
    if (found !== null) return found;
  }
  return null;
}

const isTree = (value: unknown) => typeof value === 'object' && value !== null;
