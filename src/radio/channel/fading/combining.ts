import { UserError } from '../../../errors.js';
import type { GainPath } from '../gain-paths/gain-path.js';
import type { GainLaw } from './fading.js';

/**
 * Maximal-ratio combining of so many receive antennas, each with a gain of this law and all independent: the
 * ratios add up (Brennan, Proceedings of the IRE 47, 1959; Goldsmith, Wireless Communications, 2005, section
 * 7.2.4). The mean is that of one antenna times their number. UserError where the law of the sum is unknown.
 */
export function combinedLaw(law: GainLaw, antennas: number): GainLaw {
  if (antennas === 1) return law;
  if (law.sum) return law.sum(antennas);
  throw new UserError(
    `receiveAntennas is ${antennas}, expected 1: the fading has no law for a sum of gains; ` +
      'give its strategy a sum(gains), or choose another fading',
  );
}

/** The gains of independent antennas, added up block by block. */
export function combinedPath(paths: readonly GainPath[]): GainPath {
  const [only] = paths;
  if (only !== undefined && paths.length === 1) return only;
  return {
    gainAt(block) {
      let sum = 0;
      for (let i = 0; i < paths.length; i++) sum += paths[i]!.gainAt(block);
      return sum;
    },
  };
}
