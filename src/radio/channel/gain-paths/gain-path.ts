import type { Stream } from '../../../simulation/random/stream.js';

/**
 * Power gains of one link over all of virtual time: a pure function of (seed, link, block), whatever was
 * asked before. Block k lasts from k T to (k + 1) T; its gain is that of the moment k T.
 */
export interface GainPath {
  /** The power gain |h|^2 of a block. RangeError unless the block is an integer from 0. */
  gainAt(block: number): number;
}

/** Blocks that are made at once, from one stream or one set of phases. */
export const segmentBlocks = 256;

/** Complex gains, as two arrays; those of a segment have `segmentBlocks` numbers each. */
export interface ComplexGains {
  readonly real: Float64Array;
  readonly imaginary: Float64Array;
}

/** The field of the scattered paths: at every block a complex Gaussian of mean power 1. */
export interface ScatteredField {
  /** Writes the blocks from segment * segmentBlocks on: a pure function of the segment, an integer from 0. */
  fill(segment: number, into: ComplexGains): void;
}

/** Turns scattered fields into power gains, block by block. */
export type PowerOf = (field: ComplexGains, gains: Float64Array) => void;

/** Writes what belongs to the blocks of a segment: a pure function of the segment, an integer from 0. */
export type Fill = (segment: number, into: Float64Array) => void;

/** A path on which nothing moves. */
export function constantPath(gain: number): GainPath {
  return {
    gainAt(block) {
      checkBlock(block);
      return gain;
    },
  };
}

/** A path that is made segment by segment. The two asked for last are kept, which no result depends on. */
export class SegmentedPath implements GainPath {
  readonly #fill: Fill;
  readonly #blocks: number;
  #start = NaN;
  #gains: Float64Array;
  #otherStart = NaN;
  #otherGains: Float64Array;

  constructor(fill: Fill, blocks = segmentBlocks) {
    this.#fill = fill;
    this.#blocks = blocks;
    this.#gains = new Float64Array(blocks);
    this.#otherGains = new Float64Array(blocks);
  }

  gainAt(block: number): number {
    const gain = this.#gains[block - this.#start];
    return gain === undefined ? this.#elsewhere(block) : gain;
  }

  #elsewhere(block: number): number {
    checkBlock(block);
    const segment = Math.floor(block / this.#blocks);
    const start = segment * this.#blocks;
    [this.#gains, this.#otherGains] = [this.#otherGains, this.#gains];
    [this.#start, this.#otherStart] = [this.#otherStart, this.#start];
    if (this.#start !== start) {
      this.#fill(segment, this.#gains);
      this.#start = start;
    }
    return this.#gains[block - start]!;
  }
}

/** The powers of a scattered field. */
export function scatteredPath(field: ScatteredField, powerOf: PowerOf): GainPath {
  return new SegmentedPath((segment, gains) => {
    field.fill(segment, scratch);
    powerOf(scratch, gains);
  });
}

export function checkBlock(block: number): void {
  if (!Number.isSafeInteger(block) || block < 0)
    throw new RangeError(`block ${block}: expected an integer from 0`);
}

/** Room for a segment, or for as many gains as said. */
export function complexGains(count = segmentBlocks): ComplexGains {
  return { real: new Float64Array(count), imaginary: new Float64Array(count) };
}

/** Where a segment's field stands until its powers are taken: nothing is read that was not just written. */
const scratch = complexGains();

/**
 * Writes a complex Gaussian of mean power 1 at an index: both normals of Marsaglia's polar method, which need
 * no sine, sqrt(-ln s / s) (x + iy) with x + iy uniform in the unit disc and s = x^2 + y^2.
 */
export function drawComplexNormal(from: Stream, { real, imaginary }: ComplexGains, index: number): void {
  for (;;) {
    const x = 2 * from.uniform() - 1;
    const y = 2 * from.uniform() - 1;
    const squared = x * x + y * y;
    if (squared > 0 && squared < 1) {
      const scale = Math.sqrt(-Math.log(squared) / squared);
      real[index] = x * scale;
      imaginary[index] = y * scale;
      return;
    }
  }
}
