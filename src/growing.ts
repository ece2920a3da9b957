type Numbers = Int32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;

/** Numbers in one array that grows: four or eight bytes each, where an array of objects has some hundred. */
export class Growing<A extends Numbers> {
  #values: A;
  #length = 0;

  constructor(empty: A) {
    this.#values = empty;
  }

  get length(): number {
    return this.#length;
  }

  /** 0 beyond the end. */
  at(index: number): number {
    return index < this.#length ? (this.#values[index] ?? 0) : 0;
  }

  /** In place of one that is there. */
  set(index: number, value: number): void {
    this.#values[index] = value;
  }

  push(value: number): void {
    if (this.#length === this.#values.length) this.#grow();
    this.#values[this.#length++] = value;
  }

  /** Those from the place on move back by one. */
  insert(index: number, value: number): void {
    this.push(value);
    if (index === this.#length - 1) return;
    this.#values.copyWithin(index + 1, index, this.#length - 1);
    this.#values[index] = value;
  }

  remove(index: number): void {
    this.#values.copyWithin(index, index + 1, this.#length--);
  }

  /** Leaves the first so many. */
  truncate(length: number): void {
    this.#length = length;
  }

  /** How many of the numbers, which rise, are at most `value`. */
  countUpTo(value: number): number {
    let [low, high] = [0, this.#length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#values[middle]! <= value) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #grow(): void {
    const type = this.#values.constructor as new (length: number) => A;
    const larger = new type(Math.max(8, 2 * this.#length));
    larger.set(this.#values);
    this.#values = larger;
  }
}

export const integers = () => new Growing(new Int32Array(0));
export const floats = () => new Growing(new Float64Array(0));
