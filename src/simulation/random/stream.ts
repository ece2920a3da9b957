import { hash } from 'node:crypto';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';

/** One part of what names a stream. The number 1 and the string "1" are different parts. */
export type KeyPart = string | number;

/**
 * A source of random draws that belongs to one key (decision D3): its n-th value follows from the key and n
 * alone, whatever other streams exist and whatever was drawn from them. Cheap enough to be made for every
 * attempt of every message.
 */
export interface Stream {
  /** Uniform on the open interval (0, 1), a multiple of 2^-53: its logarithm is finite. */
  uniform(): number;
  /** Standard normal: mean 0, variance 1. */
  normal(): number;
  /** Exponential of mean 1, the power gain of a Rayleigh channel. */
  exponential(): number;
  /** Uniform integer in [0, n), without bias, for 1 <= n <= 2^53 - 1; RangeError otherwise. */
  below(n: number): number;
  /** The elements in random order, as a new array. */
  shuffle<T>(elements: readonly T[]): T[];
  /** Gamma of the given shape (> 0; RangeError otherwise) and scale 1, so of mean `shape`. */
  gamma(shape: number): number;
}

/**
 * The stream of a key, for example `stream(seed, 'fading', 'client-3/up', envelopeId, attempt)`. Equal keys
 * give streams of equal draws. RangeError for a part that is not finite.
 */
export function stream(seed: KeyPart, ...key: readonly KeyPart[]): Stream {
  return new KeyedStream(stateOf([seed, ...key]));
}

/**
 * The streams of a key, one for each integer from 0 to 2^53 - 1, for those who need very many short ones: the key
 * is hashed once, and each index mixed into the hash at the cost of a few draws.
 */
export function streams(seed: KeyPart, ...key: readonly KeyPart[]): (index: number) => Stream {
  const hashed = stateOf([seed, ...key]);
  return (index) => new KeyedStream(mixed(hashed, index));
}

/**
 * The state with an index in it, by the hash pcg4d of Jarzynski and Olano (Hash functions for GPU rendering, Journal
 * of Computer Graphics Techniques 9(3), 2020): a bijection of 128 bits, so that no two indices share a state.
 */
function mixed([k0, k1, k2, k3]: readonly number[], index: number): readonly number[] {
  const high = Math.floor(index / 2 ** 32);
  let x = (Math.imul(k0! + index - high * 2 ** 32, 1664525) + 1013904223) | 0;
  let y = (Math.imul(k1! + high, 1664525) + 1013904223) | 0;
  let z = (Math.imul(k2!, 1664525) + 1013904223) | 0;
  let w = (Math.imul(k3!, 1664525) + 1013904223) | 0;
  for (let round = 0; round < 2; round++) {
    if (round === 1) {
      x ^= x >>> 16;
      y ^= y >>> 16;
      z ^= z >>> 16;
      w ^= w >>> 16;
    }
    x = (x + Math.imul(y, w)) | 0;
    y = (y + Math.imul(z, x)) | 0;
    z = (z + Math.imul(x, y)) | 0;
    w = (w + Math.imul(y, z)) | 0;
  }
  return [x, y, z, w];
}

/**
 * 128 bits of SHA-256 over the key as JSON, which tells every list of strings and finite numbers from every
 * other (only 0 and -0 look alike). A generator that starts from hashed bits needs no warm-up, and two keys
 * share a state with probability 2^-128.
 */
function stateOf(key: readonly KeyPart[]): readonly number[] {
  for (const part of key) {
    if (typeof part === 'number' && !Number.isFinite(part)) {
      throw new RangeError(`a stream's key holds ${part}, expected strings and finite numbers`);
    }
  }
  const digest = hash('sha256', JSON.stringify(key), 'hex');
  return [0, 8, 16, 24].map((at) => Number.parseInt(digest.slice(at, at + 8), 16) | 0);
}

/*
 * Only functions that V8 computes in its own portable code are used below (log, exp, sqrt; no sine, no
 * power), so that draws do not depend on the machine or on the version of Node.
 */
class KeyedStream implements Stream {
  readonly #generator;

  constructor(state: readonly number[]) {
    this.#generator = xoroshiro128plusFromState(state);
  }

  uniform(): number {
    for (;;) {
      const bits = this.#bits53();
      if (bits > 0) return bits * 2 ** -53;
    }
  }

  /**
   * Marsaglia's polar method; the second normal of a pair is left, so that a call depends on no earlier one.
   */
  normal(): number {
    for (;;) {
      const x = 2 * this.uniform() - 1;
      const y = 2 * this.uniform() - 1;
      const squared = x * x + y * y;
      if (squared > 0 && squared < 1) return x * Math.sqrt((-2 * Math.log(squared)) / squared);
    }
  }

  exponential(): number {
    return -Math.log(this.uniform());
  }

  below(n: number): number {
    if (!Number.isSafeInteger(n) || n < 1) {
      throw new RangeError(`below(${n}): expected an integer from 1 to 2^53 - 1`);
    }
    const width = (2 ** 53 - (2 ** 53 % n)) / n;
    for (;;) {
      const bits = this.#bits53();
      if (bits < width * n) return (bits - (bits % width)) / width;
    }
  }

  /** Fisher and Yates. */
  shuffle<T>(elements: readonly T[]): T[] {
    const shuffled = [...elements];
    for (let last = shuffled.length - 1; last > 0; last--) {
      const chosen = this.below(last + 1);
      const element = shuffled[chosen] as T;
      shuffled[chosen] = shuffled[last] as T;
      shuffled[last] = element;
    }
    return shuffled;
  }

  /** Marsaglia and Tsang, ACM TOMS 26 (2000); a shape below 1 by their Gamma(a) = Gamma(a + 1) U^(1/a). */
  gamma(shape: number): number {
    if (!(shape > 0) || shape === Infinity) {
      throw new RangeError(`gamma(${shape}): expected a shape above 0`);
    }
    if (shape < 1) return this.gamma(shape + 1) * Math.exp(Math.log(this.uniform()) / shape);
    const d = shape - 1 / 3;
    const c = 1 / Math.sqrt(9 * d);
    for (;;) {
      const x = this.normal();
      const root = 1 + c * x;
      if (root <= 0) continue;
      const cube = root * root * root;
      if (Math.log(this.uniform()) < (x * x) / 2 + d * (1 - cube + Math.log(cube))) return d * cube;
    }
  }

  /**
   * 53 random bits from the upper bits of two outputs: the lowest ones of xoroshiro128+ are the weak ones.
   */
  #bits53(): number {
    const upper = this.#generator.next() >>> 5;
    const lower = this.#generator.next() >>> 6;
    return upper * 2 ** 26 + lower;
  }
}
