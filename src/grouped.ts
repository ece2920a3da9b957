/** The items by their key; keys and items in the order of their first appearance. */
export function groupedBy<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

/** How often each item comes, the most frequent first; null counts as no item. */
export function countsOf<T>(items: readonly (T | null)[]): (readonly [item: T, count: number])[] {
  const groups = groupedBy(
    items.filter((item) => item !== null),
    (item) => item,
  );
  return [...groups].map(([item, all]) => [item, all.length] as const).sort(([, a], [, b]) => b - a);
}
