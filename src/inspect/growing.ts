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
    return this.#values[index] ?? 0;
  }

  push(value: number): void {
    if (this.#length === this.#values.length) this.#grow();
    this.#values[this.#length++] = value;
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
    const larger = new type(Math.max(64, 2 * this.#length));
    larger.set(this.#values);
    this.#values = larger;
  }
}

export const integers = () => new Growing(new Int32Array(0));
export const floats = () => new Growing(new Float64Array(0));
