import { UserError } from '../errors.js';
import { shown } from '../settings/problem.js';
import { seedsFrom } from '../study/seeds.js';

/** On these the methods' rates were chosen (`npm run tuning`). */
export const tuningSeeds: readonly number[] = [101, 102];
/** Those that the scenarios were made with. */
export const makingSeeds: readonly number[] = [1, 2, 3, 4, 5];
const firstFresh = 11;

/**
 * What `--seeds` says: `5` is 11 to 15, the first five that nothing was fitted to; else as `pwff sweep` has it (`11,13`,
 * `11..15`). UserError for anything else, and for seeds that something was fitted to.
 */
export function freshSeeds(text: string): readonly number[] {
  const asked = seedsFrom(text);
  const seeds = /^\d+$/.test(text) ? asked.map((_, index) => firstFresh + index) : asked;
  const seen = seeds.filter((seed) => [...makingSeeds, ...tuningSeeds].includes(seed));
  if (seen.length === 0) return seeds;
  throw new UserError(
    `--seeds: is ${shown(text)}, which has ${seen.join(' and ')}, expected seeds that no tuning saw; rates were chosen on ` +
      `${tuningSeeds.join(' and ')}, scenarios made with ${makingSeeds.join(', ')}`,
  );
}
