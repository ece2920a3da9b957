import type { Link } from '../../radio/channel/link.js';
import { greatest } from '../../extremes.js';
import { integrate } from '../../radio/channel/quadrature.js';
import type { DelayLaw } from './delay-law.js';

/*
 * The time until a message's bits have added up over independent blocks, where these are too few for the
 * normal law: P(T > (u + n + s) Tc) = P(u X0 + X1 + ... + Xn + s X' < bits), with X the bits of a block and u what
 * is left of the one in which the message begins, uniform from 0 to 1: the mean over 4 such places. By convolution
 * on a lattice of 300 points over the message. Each block's mass is shared between its two neighbours on the
 * lattice so that its mean is kept. Probabilities are right to about 0.003, but for jumps: a rate that takes
 * steps makes them, and the lattice smooths all but those of the first block.
 */

const cells = 300;
/** The lattice of a single block goes beyond the message: of the last one only a part is needed. */
const blockCells = 2 * cells;
/** The mass that is left where the convolution ends, and a bound on its blocks. */
const negligible = 1e-7;
const mostBlocks = 1000;
const pointsPerBlock = 16;
const doublings = 12;
const pointsPerDoubling = 4;

/** What of a link makes the law of a block's bits. */
export type BlockLink = Pick<Link, 'law' | 'policy' | 'snr' | 'timeShare' | 'coherenceSeconds'>;

/** What is left of the first block: the middles of equal parts. */
const phases = Array.from({ length: 4 }, (_, i) => (i + 0.5) / 4);

/** The law of a message of `bits` that is all that its link carries, begun anywhere in a block. */
export function fewBlocksLaw(bits: number, link: BlockLink): DelayLaw {
  const { coherenceSeconds } = link;
  const block = blockOf(link);
  const masses = massesOf(block, bits / cells);
  const begun = phases.map((left) => ({ left, sums: sumsOf(firstOf(block, left, bits / cells), masses) }));
  const below = belowOf(block, masses, bits / cells);
  const isUnfinishedFrom = ({ left, sums }: (typeof begun)[number], blocks: number): number => {
    // The first block is exact, however short the message.
    if (blocks <= left) return block.below(bits / blocks);
    const n = Math.max(0, Math.ceil(blocks - left) - 1);
    const part = blocks - left - n;
    return (sums[n] ?? none).reduce((total, mass, k) => total + mass * below((cells - k) / part), 0);
  };
  const isUnfinished = (blocks: number): number =>
    begun.reduce((total, phase) => total + isUnfinishedFrom(phase, blocks), 0) / phases.length;
  const most = greatest(begun.map(({ sums }) => sums.length));
  // No law bends within a sixteenth of a block.
  const later = Array.from({ length: most * pointsPerBlock }, (_, i) => (i + 1.5) / pointsPerBlock).map(
    (at) => ({
      at,
      share: isUnfinished(at) / pointsPerBlock,
    }),
  );
  const first = 1 / pointsPerBlock;
  const mean = integrate(isUnfinished, 0, first) + later.reduce((sum, { share }) => sum + share, 0);
  const half =
    integrate((at) => at * isUnfinished(at), 0, first) +
    later.reduce((sum, { at, share }) => sum + at * share, 0);
  return {
    name: 'convolution of its blocks',
    meanSeconds: mean * coherenceSeconds,
    sdSeconds: Math.sqrt(Math.max(2 * half - mean * mean, 0)) * coherenceSeconds,
    cdf: (seconds) => (seconds > 0 ? Math.max(0, 1 - isUnfinished(seconds / coherenceSeconds)) : 0),
  };
}

const none = new Float64Array(0);

/** What one block carries, X in bits. */
interface Block {
  /** E[min(X, most)]. */
  readonly limited: (most: number) => number;
  /** P(X <= most). */
  readonly below: (most: number) => number;
}

function blockOf({ law, policy, snr, timeShare, coherenceSeconds }: BlockLink): Block {
  const ratio = snr.ratioAt(0);
  const carried = (gain: number) => policy.rateBps(gain, ratio) * coherenceSeconds * timeShare;
  const breaks = policy.breaks(ratio);
  return {
    limited: (most) =>
      law.mean((gain) => Math.min(carried(gain), most), {
        breaks: [...breaks, gainThatCarries(most, carried)],
      }),
    below: (most) => 1 - law.mean(() => 1, { above: gainThatCarries(most, carried) }),
  };
}

/** The mass at each multiple of `cell` bits: the bends of E[min(X, y)]. */
function massesOf({ limited }: Pick<Block, 'limited'>, cell: number, most = blockCells): Float64Array {
  const means = Array.from({ length: most + 2 }, (_, j) => limited(j * cell));
  const first = 1 - means[1]! / cell;
  const bend = (j: number) => (2 * means[j]! - means[j - 1]! - means[j + 1]!) / cell;
  return Float64Array.from({ length: most + 1 }, (_, j) => (j === 0 ? first : Math.max(0, bend(j))));
}

/** The gain from which on a block carries more, by halving; the greatest one where none does. */
function gainThatCarries(most: number, carried: (gain: number) => number): number {
  let [low, high] = [0, 1e4];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (carried(middle) > most) high = middle;
    else low = middle;
  }
  return high;
}

/** P(X < u cells) for u > 0: on the lattice each mass is spread over its cell; beyond it, by table. */
function belowOf({ below }: Block, masses: Float64Array, cell: number): (u: number) => number {
  const upTo = new Float64Array(masses.length);
  for (let j = 0; j < masses.length; j++) upTo[j] = (upTo[j - 1] ?? 0) + masses[j]!;
  const beyond = Array.from({ length: doublings * pointsPerDoubling + 1 }, (_, i) =>
    below(cell * blockCells * 2 ** (i / pointsPerDoubling)),
  );
  return (u) => {
    const j = Math.floor(u + 0.5);
    if (j < masses.length) return (upTo[j - 1] ?? 0) + (u + 0.5 - j) * masses[j]!;
    const at = Math.max(0, Math.log2(u / blockCells)) * pointsPerDoubling;
    const i = Math.floor(at);
    if (i + 1 >= beyond.length) return 1;
    return beyond[i]! + (at - i) * (beyond[i + 1]! - beyond[i]!);
  };
}

/** The masses below the message's bits of what the rest of the first block carries. */
function firstOf({ limited }: Block, left: number, cell: number): Float64Array {
  const scaled = { limited: (most: number) => left * limited(most / left) };
  return massesOf(scaled, cell, cells - 1);
}

/** The masses of u X0 + X1 + ... + Xn below the message's bits, for n = 0, 1, ... */
function sumsOf(first: Float64Array, block: Float64Array): readonly Float64Array[] {
  const sums: Float64Array[] = [first];
  while (sums.length < mostBlocks) {
    const next = convolved(sums[sums.length - 1]!, block);
    if (next.reduce((total, mass) => total + mass, 0) < negligible) break;
    sums.push(next);
  }
  return sums;
}

function convolved(sum: Float64Array, block: Float64Array): Float64Array {
  const result = new Float64Array(cells);
  for (let k = 0; k < cells; k++) {
    const mass = sum[k]!;
    if (mass === 0) continue;
    for (let j = 0; k + j < cells; j++) result[k + j]! += mass * block[j]!;
  }
  return result;
}
