import type { Link } from '../../radio/channel/link.js';
import { integrate } from '../../radio/channel/quadrature.js';
import type { DelayLaw } from './delay-law.js';

/*
 * The time until a message's bits have added up over independent blocks, where these are too few for the
 * normal law: P(T > (n + s) Tc) = P(X1 + ... + Xn + s X' < bits), with X the bits of a block, by convolution
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

/** The law of a message of `bits` that is all that its link carries, from time 0 on. */
export function fewBlocksLaw(bits: number, link: BlockLink): DelayLaw {
  const { coherenceSeconds } = link;
  const block = blockOf(link);
  const masses = massesOf(block, bits / cells);
  const sums = sumsOf(masses);
  const below = belowOf(block, masses, bits / cells);
  const isUnfinished = (blocks: number): number => {
    const n = Math.max(0, Math.ceil(blocks) - 1);
    const part = blocks - n;
    // The first block is exact, however short the message.
    if (n === 0) return block.below(bits / part);
    return (sums[n] ?? none).reduce((total, mass, k) => total + mass * below((cells - k) / part), 0);
  };
  const later = Array.from(
    { length: (sums.length - 1) * pointsPerBlock },
    (_, i) => 1 + (i + 0.5) / pointsPerBlock,
  ).map((at) => ({ at, share: isUnfinished(at) / pointsPerBlock }));
  const mean = integrate(isUnfinished, 0, 1) + later.reduce((sum, { share }) => sum + share, 0);
  const half =
    integrate((at) => at * isUnfinished(at), 0, 1) +
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
function massesOf({ limited }: Block, cell: number): Float64Array {
  const means = Array.from({ length: blockCells + 2 }, (_, j) => limited(j * cell));
  const first = 1 - means[1]! / cell;
  const bend = (j: number) => (2 * means[j]! - means[j - 1]! - means[j + 1]!) / cell;
  return Float64Array.from({ length: blockCells + 1 }, (_, j) => (j === 0 ? first : Math.max(0, bend(j))));
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

/** The masses of X1 + ... + Xn below the message's bits, for n = 0, 1, ... */
function sumsOf(block: Float64Array): readonly Float64Array[] {
  const sums: Float64Array[] = [Float64Array.from({ length: cells }, (_, k) => (k === 0 ? 1 : 0))];
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
