import type { Stream } from '../../simulation/random/stream.js';
import type { GainLaw } from './fading/fading.js';
import type { RatePolicy } from './rate-policies/rate-policy.js';

/*
 * The shortcut for messages of very many blocks. The first 2^16 blocks of an attempt are walked through one
 * by one; those after them come in runs of 2^16, 2^17, 2^18 … blocks. What a run carries is a sum of
 * independent, equally distributed terms: it is drawn as such, from the normal law corrected for skewness and
 * kurtosis (Cornish and Fisher 1938), so that its first four cumulants are exact to order 1/n and its
 * distribution is off by no more than order n^-3/2. The run in which the message ends is halved by draws from
 * the law of a half given the whole, down to a leaf of 1024 blocks, and those are walked through. A run's
 * draws depend on its number alone: two channels that differ in SNR see the same luck, and the better one is
 * never slower (but for laws so far from normal that the SNR decides how many blocks are walked through).
 */

/** At least this many blocks of an attempt are walked through one by one. */
export const leastWalked = 2 ** 16;
const leafBlocks = 1024;

/** What one block carries, over the draw of its gain. */
export interface BlockMoments {
  readonly meanBits: number;
  readonly sdBits: number;
  readonly skewness: number;
  readonly excessKurtosis: number;
  /** Blocks that are walked through before the runs begin: 2^16, or more where the sum is far from normal. */
  readonly walked: number;
  /** One block's bits, for the leaves. */
  readonly drawBits: (draws: Stream) => number;
  /** Time on the air as it follows from the bits. */
  readonly onAir: Regression;
  /** Integral of the relative power as it follows from the time on the air. */
  readonly power: Regression;
}

/** The mean over the blocks that are the sender's; all blocks weigh 1. */
type Mean = (f: (gain: number) => number) => number;

/** Mean, slope over the other figure, and residual standard deviation. */
interface Regression {
  readonly mean: number;
  readonly slope: number;
  readonly residualSd: number;
}

export interface LongRun {
  /** The last one counts by the share of it that was needed. */
  readonly blocks: number;
  readonly onAirSeconds: number;
  readonly powerSeconds: number;
}

/** The moments of a block by quadrature over the law of its gain; bits that come of it are never negative. */
export function blockMoments(
  law: GainLaw,
  policy: RatePolicy,
  {
    snr,
    coherenceSeconds,
    timeShare,
    scheduled,
  }: {
    readonly snr: number;
    readonly coherenceSeconds: number;
    readonly timeShare: number;
    readonly scheduled: ((rank: number) => number) | null;
  },
): BlockMoments {
  const ownSeconds = coherenceSeconds * timeShare;
  const bits = (gain: number) => policy.rateBps(gain, snr) * ownSeconds;
  const onAir = (gain: number) => (policy.rateBps(gain, snr) > 0 ? ownSeconds : 0);
  const power = (gain: number) => onAir(gain) * policy.powerRatio(gain, snr);
  const isOwn = (gain: number) => (scheduled === null ? 1 : scheduled(law.cdf(gain)));
  const breaks = policy.breaks(snr);
  const own: Mean = (f) => law.mean((gain) => f(gain) * isOwn(gain), { breaks });
  // Blocks that are not the sender's carry nothing: they are what the shares leave.
  const idle = scheduled === null ? 0 : 1 - own(() => 1);

  const meanBits = own(bits);
  // Relative to the mean: powers of the bits themselves leave the range of numbers on a dead link.
  const central = (power: number) =>
    own((gain) => (bits(gain) / meanBits - 1) ** power) + idle * (-1) ** power;
  const sd = Math.sqrt(central(2));
  const hasSpread = sd > 1e-12;
  const skewness = hasSpread ? central(3) / sd ** 3 : 0;
  const excessKurtosis = hasSpread ? central(4) / sd ** 4 - 3 : 0;
  return {
    meanBits,
    sdBits: hasSpread ? sd * meanBits : 0,
    skewness,
    excessKurtosis,
    walked: blocksToWalk(skewness, excessKurtosis),
    drawBits: (draws) => {
      const gain = law.draw(draws);
      if (scheduled !== null && draws.uniform() >= scheduled(law.cdf(gain))) return 0;
      return bits(gain);
    },
    onAir: regression({ own, idle, x: bits, y: onAir }),
    power: regression({ own, idle, x: onAir, y: power }),
  };
}

/** Enough of them that skewness and kurtosis are small corrections to the normal law of a run's sum. */
function blocksToWalk(skewness: number, excessKurtosis: number): number {
  let blocks = leastWalked;
  while (Math.abs(skewness) / Math.sqrt(blocks) > 0.05 || Math.abs(excessKurtosis) / blocks > 0.01) {
    if (blocks > 2 ** 40) return Infinity;
    blocks *= 2;
  }
  return blocks;
}

interface Regressed {
  readonly own: Mean;
  readonly idle: number;
  readonly x: (gain: number) => number;
  readonly y: (gain: number) => number;
}

/**
 * The regression of y over x, each relative to its own mean; both are 0 in the blocks that are not the
 * sender's.
 */
function regression({ own, idle, x, y }: Regressed): Regression {
  const [meanX, meanY] = [own(x), own(y)];
  if (!(meanX > 0 && meanY > 0)) return { mean: meanY, slope: 0, residualSd: 0 };
  const product = (a: typeof x, meanA: number, b: typeof x, meanB: number) =>
    own((gain) => (a(gain) / meanA - 1) * (b(gain) / meanB - 1)) + idle;
  const varianceX = product(x, meanX, x, meanX);
  const varianceY = product(y, meanY, y, meanY);
  const covariance = product(x, meanX, y, meanY);
  // Anything smaller is rounding of the quadrature: there is no spread.
  const slope = Math.min(varianceX, varianceY) > 1e-18 ? covariance / varianceX : 0;
  const residualVariance = varianceY - slope * covariance;
  return {
    mean: meanY,
    slope: (slope * meanY) / meanX,
    residualSd: residualVariance > 1e-15 ? Math.sqrt(residualVariance) * meanY : 0,
  };
}

/**
 * How long `bits` take after the blocks that were walked through. `draws` gives the stream of a node: run,
 * level of halving (0: the whole run) and number of the part.
 */
export function longRun(
  bits: number,
  moments: BlockMoments,
  draws: (run: number, level: number, node: number) => Stream,
): LongRun {
  const { meanBits, sdBits } = moments;
  if (!(meanBits > 0)) return { blocks: Infinity, onAirSeconds: 0, powerSeconds: 0 };
  let remaining = bits;
  let before = 0;
  if (sdBits === 0) return account(bits / meanBits, bits, moments, draws(0, 0, 0));
  for (let run = 0; ; run++) {
    const blocks = moments.walked * 2 ** run;
    const carried = drawSum(blocks, moments, draws(run, 0, 0));
    if (carried < remaining) {
      remaining -= carried;
      before += blocks;
      continue;
    }
    const within = blocksWithin(remaining, { run, blocks, carried }, moments, draws);
    return account(before + within, bits, moments, draws(run, 0, 1));
  }
}

/** A sum over so many blocks, by Cornish and Fisher's expansion of its quantile. */
export function drawSum(blocks: number, moments: BlockMoments, draws: Stream): number {
  const { meanBits, sdBits, skewness, excessKurtosis } = moments;
  const z = draws.normal();
  const skew = skewness / Math.sqrt(blocks);
  const kurtosis = excessKurtosis / blocks;
  const w =
    z +
    ((z * z - 1) * skew) / 6 +
    ((z ** 3 - 3 * z) * kurtosis) / 24 -
    ((2 * z ** 3 - 5 * z) * skew * skew) / 36;
  return blocks * meanBits + sdBits * Math.sqrt(blocks) * w;
}

/** The blocks that `remaining` bits take within a run, given the bits that the whole run carries. */
function blocksWithin(
  remaining: number,
  whole: { readonly run: number; readonly blocks: number; readonly carried: number },
  { sdBits, drawBits }: BlockMoments,
  draws: (run: number, level: number, node: number) => Stream,
): number {
  let { blocks, carried } = whole;
  let before = 0;
  let node = 0;
  let level = 0;
  for (; blocks > leafBlocks; level++) {
    blocks /= 2;
    // The first half given the whole of n blocks: normal about half of it, with the variance of n/4 blocks.
    const first = carried / 2 + sdBits * Math.sqrt(blocks / 2) * draws(whole.run, level + 1, node).normal();
    node *= 2;
    if (remaining <= first) {
      carried = first;
      continue;
    }
    remaining -= first;
    carried -= first;
    before += blocks;
    node += 1;
  }
  const stream = draws(whole.run, level + 1, node);
  const drawn = Array.from({ length: blocks }, () => drawBits(stream));
  const total = drawn.reduce((sum, one) => sum + one, 0);
  for (let i = 0; i < blocks; i++) {
    const here = drawn[i]! * (carried / total);
    if (remaining <= here) return before + i + remaining / here;
    remaining -= here;
  }
  return before + blocks;
}

function account(blocks: number, bits: number, moments: BlockMoments, draws: Stream): LongRun {
  const { meanBits, onAir, power } = moments;
  const spread = Math.sqrt(blocks);
  const onAirSeconds =
    blocks * onAir.mean +
    onAir.slope * (bits - blocks * meanBits) +
    (onAir.residualSd > 0 ? onAir.residualSd * spread * draws.normal() : 0);
  const powerSeconds =
    blocks * power.mean +
    power.slope * (onAirSeconds - blocks * onAir.mean) +
    (power.residualSd > 0 ? power.residualSd * spread * draws.normal() : 0);
  return { blocks, onAirSeconds, powerSeconds };
}
