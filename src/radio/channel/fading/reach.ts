import { nameOf } from '../../../strategies/strategy.js';
import { combinedLaw } from './combining.js';
import { fadings, gainLaw } from './index.js';
import type { Fading } from './fading.js';

/** A gain that fewer than one block in 10,000 reaches counts as never reached. */
export const rarest = 1e-4;

/** No law that a scenario can name has as much as 1e-20 of its probability above this many means. */
const greatestGain = 100;

/**
 * Probability that the gain of a block is at least `gain`; 1 where only a trace's file, or a user's own law,
 * could tell. The gains of so many receive antennas add up.
 */
export function reach(channel: Fading, gain: number, antennas: number): number {
  if (channel.fading === 'trace' || !(nameOf(channel.fading) in fadings)) return 1;
  // A ratio that was computed from its own capacity may come out a few units in the last place off.
  if (channel.fading === 'none') return gain <= antennas * (1 + 1e-12) ? 1 : 0;
  if (gain > greatestGain * antennas) return 0;
  return 1 - combinedLaw(gainLaw(channel), antennas).cdf(gain);
}

/** As `reach`, for the best of so many blocks: the one that a proportional-fair scheduler takes. */
export function reachOfBest(channel: Fading, gain: number, antennas: number, contenders: number): number {
  return -Math.expm1(contenders * Math.log1p(-reach(channel, gain, antennas)));
}
