import { UserError } from '../errors.js';
import { shown } from '../settings/problem.js';

const most = 100_000;

/**
 * What `--seeds` says: `5` is the first five (1 to 5), `11,12` is these two, `11..15` from one to another, `7,`
 * seed 7 alone. UserError for anything else.
 */
export function seedsFrom(text: string): readonly number[] {
  const [, from, to] = /^(\d+)\.\.(\d+)$/.exec(text) ?? [];
  const seeds =
    from !== undefined && to !== undefined
      ? integersFrom(Number(from), Number(to))
      : /^\d+$/.test(text)
        ? firstSeeds(Number(text))
        : /^\d+(,\d+)*,?$/.test(text)
          ? text.replace(/,$/, '').split(',').map(Number)
          : [];
  const areGood = seeds.every((seed, at) => Number.isSafeInteger(seed) && seeds.indexOf(seed) === at);
  if (seeds.length > 0 && areGood) return seeds;
  throw new UserError(
    `--seeds: is ${shown(text)}, expected a number of seeds (5 is 1 to 5), different seeds (11,12; one alone is 7,) ` +
      'or the first and the last (11..15)',
  );
}

/** The seeds 1, 2, 3, … */
export function firstSeeds(count: number): readonly number[] {
  return integersFrom(1, count);
}

/** Empty where there would be too many to be meant. */
function integersFrom(from: number, to: number): readonly number[] {
  if (to - from >= most) return [];
  return Array.from({ length: Math.max(to - from + 1, 0) }, (_, index) => from + index);
}
