import { stream } from '../../../simulation/random/stream.js';
import { memoryPeriods } from './doppler.js';
import { complexGains, drawComplexNormal, segmentBlocks, type ComplexGains } from './gain-path.js';
import type { ScatteredField } from './gain-path.js';
import type { Motion } from './motion.js';

/** Levels of the tree: its roots span 2^(8 + level) blocks. */
const highestLevel = 32;

/** Gains so far apart, in memories, are independent: they would be correlated by 2^-53. */
const independence = 53 * Math.LN2;

/**
 * The Gauss-Markov process: complex Gaussians of mean power 1, correlated by e^-x at the distance x = s / (Tc fD),
 * s the way in wavelengths (motion.ts) and Tc the memory (doppler.ts); at a steady Doppler shift e^(-tau / Tc).
 * From block to block it is autoregressive of order 1, h_k = rho h_(k-1) + sqrt(1 - rho^2) w_k with
 * rho = e^(-T / Tc) (Tan and Beaulieu, IEEE Trans. Communications 48(12), 2000), so that what it does over a time
 * does not depend on the length T of the blocks; rho = J0(2 pi fD T) would give finer blocks longer fades.
 *
 * Under random access: time is cut into roots, the shortest 256 * 2^L blocks over which a moving client's gain
 * becomes independent. A root is halved down to leaves of 256 blocks, each midpoint drawn from its exact law given
 * both ends (`bridge`), and a leaf is drawn forward, each block given the one before and the leaf's right end. A
 * draw is keyed by the place of its block in the tree, so that a block's gain does not depend on what was asked
 * before.
 */
export function gaussMarkovField(motion: Motion, seed: number, link: string): ScatteredField {
  return new GaussMarkovField(motion, seed, link);
}

/**
 * What is between two known gains, at the distances a from the one before and b from the one after: their
 * weights e^-a (1 - e^-2b) / w and e^-b (1 - e^-2a) / w, and the deviation of what is new, the square root of
 * (1 - e^-2a)(1 - e^-2b) / w, with w = 1 - e^-2(a + b).
 */
interface Bridge {
  readonly before: Float64Array;
  readonly after: Float64Array;
  readonly noise: Float64Array;
}

function roomForBridge(places: number): Bridge {
  return {
    before: new Float64Array(places),
    after: new Float64Array(places),
    noise: new Float64Array(places),
  };
}

function setBridge({ before, after, noise }: Bridge, place: number, a: number, b: number): void {
  const [ofA, ofB, whole] = [Math.expm1(-2 * a), Math.expm1(-2 * b), Math.expm1(-2 * (a + b))];
  // Nothing has moved between the two: they are one.
  const isStill = whole === 0;
  before[place] = isStill ? 1 : (Math.exp(-a) * ofB) / whole;
  after[place] = isStill ? 0 : (Math.exp(-b) * ofA) / whole;
  noise[place] = isStill ? 0 : Math.sqrt(-(ofA * ofB) / whole);
}

/** Of each block of a leaf from the second on, by the place of a block and of the leaf's right end. */
function leafBridge(placeOf: (block: number) => number): Bridge {
  const bridge = roomForBridge(segmentBlocks);
  const end = placeOf(segmentBlocks);
  for (let i = 1, last = placeOf(0); i < segmentBlocks; i++) {
    const place = placeOf(i);
    setBridge(bridge, i, place - last, end - place);
    last = place;
  }
  return bridge;
}

let latest: { readonly pace: number; readonly bridge: Bridge } | undefined;

/** Of any leaf of a steady motion; the latest is kept: all links of a run share it. */
function steadyBridge(pace: number): Bridge {
  if (latest?.pace !== pace) latest = { pace, bridge: leafBridge((block) => block * pace) };
  return latest.bridge;
}

/** Places of a node's values in the arrays that keep the way from the root to the leaf. */
const left = (level: number) => 3 * level;
const middle = (level: number) => 3 * level + 1;
const right = (level: number) => 3 * level + 2;

class GaussMarkovField implements ScatteredField {
  readonly #motion: Motion;
  readonly #seed: number;
  readonly #link: string;
  readonly #rootLevel: number;
  // The way to the leaf used last: of each level its node's index, and its gains left, middle and right.
  readonly #nodes: Float64Array;
  readonly #values: ComplexGains;
  readonly #bridge = roomForBridge(1);

  constructor(motion: Motion, seed: number, link: string) {
    this.#motion = motion;
    this.#seed = seed;
    this.#link = link;
    const leaf = (motion.turnsPerBlock / memoryPeriods) * segmentBlocks;
    let level = 0;
    while (level < highestLevel && leaf * 2 ** level < independence) level++;
    this.#rootLevel = level;
    this.#nodes = new Float64Array(level + 1).fill(NaN);
    this.#values = complexGains(3 * (level + 1));
  }

  fill(segment: number, into: ComplexGains): void {
    this.#descend(segment);
    this.#drawLeaf(segment, into);
  }

  /** Where a block lies on the way, in memories. */
  #placeOf(block: number): number {
    return this.#motion.turnsAt(block) / memoryPeriods;
  }

  /** Brings the kept way to this leaf; levels whose node stays the same are left as they are. */
  #descend(leaf: number): void {
    for (let level = this.#rootLevel; level >= 0; level--) {
      const node = Math.floor(leaf / 2 ** level);
      if (node === this.#nodes[level]) continue;
      if (level === this.#rootLevel) this.#openRoot(node);
      else this.#openChild(level, node);
      if (level > 0) this.#drawMiddle(level, node);
      this.#nodes[level] = node;
    }
  }

  #openRoot(root: number): void {
    this.#drawBorder(root, left(this.#rootLevel));
    this.#drawBorder(root + 1, right(this.#rootLevel));
  }

  /**
   * The gain at a border between roots: a chain from the last border that is independent of the one before it,
   * which is most often this one itself; not where a client rests, or the roots are the longest.
   */
  #drawBorder(border: number, at: number): void {
    const { real, imaginary } = this.#values;
    const rootBlocks = segmentBlocks * 2 ** this.#rootLevel;
    const distanceTo = (one: number) =>
      one === 0 ? Infinity : this.#placeOf(one * rootBlocks) - this.#placeOf((one - 1) * rootBlocks);
    let from = border;
    while (distanceTo(from) < independence) from--;
    let [x, y] = [0, 0];
    for (let one = from; one <= border; one++) {
      drawComplexNormal(stream(this.#seed, 'gauss-markov', this.#link, 'border', one), this.#values, at);
      const distance = one === from ? Infinity : distanceTo(one);
      const correlation = Math.exp(-distance);
      const fresh = Math.sqrt(-Math.expm1(-2 * distance));
      x = correlation * x + fresh * real[at]!;
      y = correlation * y + fresh * imaginary[at]!;
    }
    real[at] = x;
    imaginary[at] = y;
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
    const half = segmentBlocks * 2 ** (level - 1);
    const [begin, mid, end] = [0, 1, 2].map((halves) => this.#placeOf((2 * node + halves) * half));
    setBridge(this.#bridge, 0, mid! - begin!, end! - mid!);
    const [before, after, noise] = [this.#bridge.before[0]!, this.#bridge.after[0]!, this.#bridge.noise[0]!];
    const [from, at, to] = [left(level), middle(level), right(level)];
    drawComplexNormal(stream(this.#seed, 'gauss-markov', this.#link, level, node), this.#values, at);
    real[at] = before * real[from]! + after * real[to]! + noise * real[at]!;
    imaginary[at] = before * imaginary[from]! + after * imaginary[to]! + noise * imaginary[at]!;
  }

  #bridgeOf(leaf: number): Bridge {
    const { isSteady, turnsPerBlock } = this.#motion;
    if (isSteady) return steadyBridge(turnsPerBlock / memoryPeriods);
    return leafBridge((block) => this.#placeOf(leaf * segmentBlocks + block));
  }

  #drawLeaf(leaf: number, into: ComplexGains): void {
    const { before, after, noise } = this.#bridgeOf(leaf);
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
      x = before[i]! * x + after[i]! * endReal + noise[i]! * real[i]!;
      y = before[i]! * y + after[i]! * endImaginary + noise[i]! * imaginary[i]!;
      real[i] = x;
      imaginary[i] = y;
    }
  }
}
