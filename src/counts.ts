/** How often each item has come; null counts as no item. */
export class Counts<T> {
  readonly #counts = new Map<T, number>();

  add(item: T | null): void {
    if (item !== null) this.#counts.set(item, this.of(item) + 1);
  }

  of(item: T): number {
    return this.#counts.get(item) ?? 0;
  }

  /** The most frequent first, then as they first came. */
  get mostFirst(): (readonly [item: T, count: number])[] {
    return [...this.#counts].sort(([, a], [, b]) => b - a);
  }
}
