import Type from 'typebox';
import { schedulerStrategy } from '../scheduler.js';
import { risingRoot } from './rising-root.js';

type RateBps = (share: number) => number;

/**
 * The parts of the band that make the longest remaining time shortest: with rates that rise with the part, all
 * remaining times are then equal, b_i / r_i(s_i) = T with sum s_i = 1. Both equations are solved in logarithms.
 */
export const minMaxDelay = schedulerStrategy({
  name: 'min-max-delay',
  description: 'parts of the band that let all who send now end at the same time',
  options: {
    knows: Type.Enum(['gain', 'mean-snr'], {
      default: 'gain',
      description:
        'gain: the rates of this coherence block, so that all do end at once; mean-snr: Shannon’s rates at the ' +
        'mean ratio',
    }),
  },
  make: ({ knows }) => ({
    windowSeconds: null,
    allot(claims, shares) {
      const { count } = claims;
      const rates = Array.from({ length: count }, (_, i): RateBps => {
        if (knows === 'gain') return (share) => claims.rateBps(i, share);
        return (share) => claims.meanRateBps(i, share);
      });
      const bits = rates.map((_, i) => claims.remainingBits(i));
      const parts = partsOfEqualTimes(bits, rates);
      for (let i = 0; i < count; i++) shares[i] = parts[i]!;
    },
  }),
});

/** Parts of the band, 1 in sum, at which so many bits take equal times at these rates. */
export function partsOfEqualTimes(bits: readonly number[], rates: readonly RateBps[]): readonly number[] {
  if (bits.length === 1) return [1];
  const partsIn = (logSeconds: number) => {
    const seconds = Math.exp(logSeconds);
    return bits.map((each, i) => partFor(rates[i]!, each / seconds));
  };
  // Nobody is faster than with all of the band; in n times that time nobody needs more than 1 / n of it, for a rate
  // grows no faster than the part.
  const low = Math.log(bits.reduce((longest, each, i) => Math.max(longest, each / rates[i]!(1)), 0));
  const high = low + Math.log(bits.length) + 1e-9;
  const parts = partsIn(risingRoot((logSeconds) => -Math.log(sum(partsIn(logSeconds))), low, high));
  const whole = sum(parts);
  return parts.map((part) => part / whole);
}

/** The part of the band that carries `neededBps`: at most `neededBps` over the rate of all of it. */
function partFor(rateBps: RateBps, neededBps: number): number {
  const high = Math.min(1, neededBps / rateBps(1));
  let low = high;
  while (rateBps(low) > neededBps) low /= 4;
  if (low === high) return high;
  const logNeeded = Math.log(neededBps);
  const excess = (logPart: number) => Math.log(rateBps(Math.exp(logPart))) - logNeeded;
  return Math.exp(risingRoot(excess, Math.log(low), Math.log(high)));
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
