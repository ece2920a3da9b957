/** The bytes of all, one after the other. */
export function joined(...parts: readonly ArrayBufferView[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const { buffer, byteOffset, byteLength } of parts) {
    all.set(new Uint8Array(buffer, byteOffset, byteLength), at);
    at += byteLength;
  }
  return all;
}

/** Takes a payload apart, little-endian. Error where it is shorter than what is taken, or longer than all of it. */
export class PayloadReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  bytes(count: number): Uint8Array {
    const end = this.#at + count;
    if (end > this.#bytes.byteLength) {
      throw new Error(`compression: ${this.#bytes.byteLength} bytes, expected ${end} at least`);
    }
    // A copy in memory of its own: views of floats and integers have to be aligned, and a Buffer's slice is a view.
    const taken = new Uint8Array(this.#bytes.subarray(this.#at, end));
    this.#at = end;
    return taken;
  }

  byte(): number {
    return this.bytes(1)[0]!;
  }

  floats(count: number): Float32Array {
    return new Float32Array(this.bytes(4 * count).buffer);
  }

  integers(count: number): Uint32Array {
    return new Uint32Array(this.bytes(4 * count).buffer);
  }

  halves(count: number): Uint16Array {
    return new Uint16Array(this.bytes(2 * count).buffer);
  }

  /** Nothing is left. */
  end(): void {
    if (this.#at !== this.#bytes.byteLength) {
      throw new Error(`compression: ${this.#bytes.byteLength} bytes, expected ${this.#at}`);
    }
  }
}
