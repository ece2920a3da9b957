/** How many of some items come before a place; all that do come first (C++'s `std::partition_point`). */
export function partitionPoint<T>(items: readonly T[], isBefore: (item: T) => boolean): number {
  return partitionIndex(items.length, (index) => isBefore(items[index]!));
}

/** The same of items that are known by their index, from 0. */
export function partitionIndex(count: number, isBefore: (index: number) => boolean): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBefore(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
