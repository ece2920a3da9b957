import { stream } from '../../../simulation/random/stream.js';
import { complexGains, drawComplexNormal, segmentBlocks, type ComplexGains } from './gain-path.js';
import type { ScatteredField } from './gain-path.js';

/** Levels of the tree: its roots span 2^(8 + level) blocks. */
const highestLevel = 32;

/**
 * The stationary autoregressive process of order 1, h_k = rho h_(k-1) + sqrt(1 - rho^2) w_k, of complex
 * Gaussians of mean power 1 (Gauss-Markov; Tan and Beaulieu, IEEE Trans. Communications 48(12), 2000), with
 * rho = 1 - `decorrelation` in (-1, 1), under random access. Time is cut into roots, the shortest 256 * 2^L
 * blocks with |rho|^n <= 2^-53: gains so far apart are independent. A root is halved down to leaves of 256
 * blocks, each midpoint drawn from its exact law given both ends,
 *
 *   h_mid ~ CN( (h_0 + h_n) / (2 cosh u), tanh u ),  u = -(n/2) ln |rho|,
 *
 * and a leaf is drawn forward, each block given the one before and the leaf's right end. A draw is keyed by
 * the place of its block in the tree, so that a block's gain does not depend on what was asked before.
 */
export function gaussMarkovField(decorrelation: number, seed: number, link: string): ScatteredField {
  return new GaussMarkovField(chainOf(decorrelation), seed, link);
}

/** What follows from rho alone. */
interface Chain {
  /** -ln |rho|, above 0. */
  readonly decay: number;
  readonly rootLevel: number;
  readonly bridge: Bridge;
}

/**
 * How block i of a leaf follows from block i - 1 (`before`), from the right end at the distance b = 256 - i
 * (`end`) and from a fresh draw (`noise`).
 */
interface Bridge {
  readonly before: Float64Array;
  readonly end: Float64Array;
  readonly noise: Float64Array;
}

let latest: { readonly decorrelation: number; readonly chain: Chain } | undefined;

/** The latest chain is kept: all links of a run share it. */
function chainOf(decorrelation: number): Chain {
  if (latest?.decorrelation !== decorrelation) latest = { decorrelation, chain: makeChain(decorrelation) };
  return latest.chain;
}

function makeChain(decorrelation: number): Chain {
  const rho = 1 - decorrelation;
  if (!(Math.abs(rho) < 1) && !(decorrelation > 0 && decorrelation < 1)) {
    throw new RangeError(`decorrelation ${decorrelation}: expected a number between 0 and 2`);
  }
  const decay = decorrelation < 1 ? -Math.log1p(-decorrelation) : -Math.log(-rho);
  let rootLevel = 0;
  while (rootLevel < highestLevel && decay * segmentBlocks * 2 ** rootLevel < 53 * Math.LN2) rootLevel++;
  return { decay, rootLevel, bridge: bridgeOf(decay, Math.sign(rho)) };
}

/**
 * Given the block before and the end at the distance b: weights r (1 - r^2b) / (1 - r^(2b+2)) and
 * r^b (1 - r^2) / (1 - r^(2b+2)), variance (1 - r^2)(1 - r^2b) / (1 - r^(2b+2)), for r = rho.
 */
function bridgeOf(decay: number, sign: number): Bridge {
  const before = new Float64Array(segmentBlocks);
  const end = new Float64Array(segmentBlocks);
  const noise = new Float64Array(segmentBlocks);
  for (let i = 1; i < segmentBlocks; i++) {
    const b = segmentBlocks - i;
    const toEnd = -Math.expm1(-2 * b * decay);
    const whole = -Math.expm1(-2 * (b + 1) * decay);
    const one = -Math.expm1(-2 * decay);
    before[i] = (sign * Math.exp(-decay) * toEnd) / whole;
    end[i] = ((b % 2 === 0 ? 1 : sign) * Math.exp(-b * decay) * one) / whole;
    noise[i] = Math.sqrt((one * toEnd) / whole);
  }
  return { before, end, noise };
}

/** Places of a node's values in the arrays that keep the way from the root to the leaf. */
const left = (level: number) => 3 * level;
const middle = (level: number) => 3 * level + 1;
const right = (level: number) => 3 * level + 2;

class GaussMarkovField implements ScatteredField {
  readonly #chain: Chain;
  readonly #seed: number;
  readonly #link: string;
  // The way to the leaf used last: of each level its node's index, and its gains left, middle and right.
  readonly #nodes: Float64Array;
  readonly #values: ComplexGains;

  constructor(chain: Chain, seed: number, link: string) {
    this.#chain = chain;
    this.#seed = seed;
    this.#link = link;
    this.#nodes = new Float64Array(chain.rootLevel + 1).fill(NaN);
    this.#values = complexGains(3 * (chain.rootLevel + 1));
  }

  fill(segment: number, into: ComplexGains): void {
    this.#descend(segment);
    this.#drawLeaf(segment, into);
  }

  /** Brings the kept way to this leaf; levels whose node stays the same are left as they are. */
  #descend(leaf: number): void {
    const { rootLevel } = this.#chain;
    for (let level = rootLevel; level >= 0; level--) {
      const node = Math.floor(leaf / 2 ** level);
      if (node === this.#nodes[level]) continue;
      if (level === rootLevel) this.#openRoot(node);
      else this.#openChild(level, node);
      if (level > 0) this.#drawMiddle(level, node);
      this.#nodes[level] = node;
    }
  }

  #openRoot(root: number): void {
    this.#drawBorder(root, left(this.#chain.rootLevel));
    this.#drawBorder(root + 1, right(this.#chain.rootLevel));
  }

  /**
   * The gain at a border between roots: a chain of its own from border 0 on, whose borders are independent
   * but for the longest roots.
   */
  #drawBorder(border: number, place: number): void {
    const { decay, rootLevel } = this.#chain;
    const { real, imaginary } = this.#values;
    const distance = decay * segmentBlocks * 2 ** rootLevel;
    const independent = distance >= 53 * Math.LN2;
    let [x, y] = [0, 0];
    for (let at = independent ? border : 0; at <= border; at++) {
      drawComplexNormal(stream(this.#seed, 'gauss-markov', this.#link, 'border', at), this.#values, place);
      const first = independent || at === 0;
      const correlation = first ? 0 : Math.exp(-distance);
      const fresh = first ? 1 : Math.sqrt(-Math.expm1(-2 * distance));
      x = correlation * x + fresh * real[place]!;
      y = correlation * y + fresh * imaginary[place]!;
    }
    real[place] = x;
    imaginary[place] = y;
  }

  #openChild(level: number, node: number): void {
    const isRight = node % 2 === 1;
    this.#copy(isRight ? middle(level + 1) : left(level + 1), left(level));
    this.#copy(isRight ? right(level + 1) : middle(level + 1), right(level));
  }

  #copy(from: number, to: number): void {
    const { real, imaginary } = this.#values;
    real[to] = real[from]!;
    imaginary[to] = imaginary[from]!;
  }

  #drawMiddle(level: number, node: number): void {
    const { real, imaginary } = this.#values;
    const u = this.#chain.decay * segmentBlocks * 2 ** (level - 1);
    const weight = 0.5 / Math.cosh(u);
    const noise = Math.sqrt(Math.tanh(u));
    const [from, at, to] = [left(level), middle(level), right(level)];
    drawComplexNormal(stream(this.#seed, 'gauss-markov', this.#link, level, node), this.#values, at);
    real[at] = noise * real[at]! + weight * (real[from]! + real[to]!);
    imaginary[at] = noise * imaginary[at]! + weight * (imaginary[from]! + imaginary[to]!);
  }

  #drawLeaf(leaf: number, into: ComplexGains): void {
    const { before, end, noise } = this.#chain.bridge;
    const { real, imaginary } = into;
    const from = stream(this.#seed, 'gauss-markov', this.#link, 'leaf', leaf);
    const endReal = this.#values.real[right(0)]!;
    const endImaginary = this.#values.imaginary[right(0)]!;
    let x = this.#values.real[left(0)]!;
    let y = this.#values.imaginary[left(0)]!;
    real[0] = x;
    imaginary[0] = y;
    for (let i = 1; i < segmentBlocks; i++) {
      drawComplexNormal(from, into, i);
      x = before[i]! * x + end[i]! * endReal + noise[i]! * real[i]!;
      y = before[i]! * y + end[i]! * endImaginary + noise[i]! * imaginary[i]!;
      real[i] = x;
      imaginary[i] = y;
    }
  }
}
