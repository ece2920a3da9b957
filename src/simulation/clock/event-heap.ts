/** What an event heap orders by: the time, then the priority (lower first), then the sequence number. */
export interface HeapEntry {
  readonly timeMicroseconds: number;
  readonly priority: number;
  readonly sequence: number;
  /** Index in the heap, kept by it; -1 outside. */
  position: number;
}

function comesBefore(a: HeapEntry, b: HeapEntry): boolean {
  if (a.timeMicroseconds !== b.timeMicroseconds) return a.timeMicroseconds < b.timeMicroseconds;
  if (a.priority !== b.priority) return a.priority < b.priority;
  return a.sequence < b.sequence;
}

/**
 * A binary heap whose entries know their place, so that a cancelled one leaves at once: O(log n) for all but
 * `first`.
 */
export class EventHeap<E extends HeapEntry> {
  readonly #entries: E[] = [];

  get size(): number {
    return this.#entries.length;
  }

  first(): E | undefined {
    return this.#entries[0];
  }

  add(entry: E): void {
    this.#rise(entry, this.#entries.length);
  }

  /** Takes an entry out; false if it was not in. */
  remove(entry: E): boolean {
    const hole = entry.position;
    if (hole < 0) return false;
    entry.position = -1;
    const last = this.#entries.pop()!;
    if (last === entry) return true;
    const above = this.#entries[(hole - 1) >> 1];
    if (hole > 0 && comesBefore(last, above!)) this.#rise(last, hole);
    else this.#sink(last, hole);
    return true;
  }

  #rise(entry: E, hole: number): void {
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      const above = this.#entries[parent]!;
      if (!comesBefore(entry, above)) break;
      this.#place(above, hole);
      hole = parent;
    }
    this.#place(entry, hole);
  }

  #sink(entry: E, hole: number): void {
    for (;;) {
      const left = 2 * hole + 1;
      const right = left + 1;
      if (left >= this.size) break;
      const rightIsFirst = right < this.size && comesBefore(this.#entries[right]!, this.#entries[left]!);
      const child = rightIsFirst ? right : left;
      const below = this.#entries[child]!;
      if (!comesBefore(below, entry)) break;
      this.#place(below, hole);
      hole = child;
    }
    this.#place(entry, hole);
  }

  #place(entry: E, position: number): void {
    this.#entries[position] = entry;
    entry.position = position;
  }
}
