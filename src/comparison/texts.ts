import type { Interval } from '../interval.js';
import { number } from '../records/report/format.js';
import { units, type AnyFigure } from './figure.js';
import type { ComparedGroup, Comparison, Difference, GroupDifferences } from './compare.js';
import { shownValue } from './settings.js';
import type { Estimate } from './statistics.js';

/*
 * A comparison in words and in cells, for the terminal and for the page.
 */

/** A value in the unit in which its figure is shown. */
export const inUnit = ({ unit }: Pick<AnyFigure, 'unit'>, value: number): number =>
  units[unit].factor * value;

/** "81.2 ± 1.3": a mean with half its interval; alone where there is one run. */
export function estimateText(figure: AnyFigure, found: Estimate | null): string {
  if (found === null) return '–';
  const center = shownNumber(figure, found.mean);
  return found.interval === null ? center : `${center} ± ${shownNumber(figure, half(found.interval))}`;
}

/** The same of a difference, with its sign and with p of its test by Holm; starred where p is below 0.05. */
export function differenceText(figure: AnyFigure, found: Difference | null): string {
  if (found === null) return '–';
  const sign = found.mean > 0 ? '+' : '';
  const text = `${sign}${estimateText(figure, found)}`;
  if (found.pHolm === null) return text;
  return `${text}, p ${pText(found.pHolm)}${found.pHolm < significance ? ' *' : ''}`;
}

/** Below which p a difference is marked. */
export const significance = 0.05;

export function pText(p: number): string {
  return p < 0.001 ? '< 0.001' : String(Number(p.toPrecision(2)));
}

/** A share has one decimal, as a percentage; all else three significant digits. */
function shownNumber(figure: AnyFigure, value: number): string {
  const shown = inUnit(figure, value);
  return figure.unit === 'share' ? shown.toFixed(1).replace('-', '−') : number(shown);
}

const half = ({ low, high }: Interval) => (high - low) / 2;

/** "2 groups of 4 runs by method (pwff, fedada), seeds 1, 2." */
export function groupsText({ runs, groups, paths, following }: Comparison): string {
  const seeds = [...new Set(runs.map(({ seed }) => seed))].sort((a, b) => a - b);
  const by = paths.length === 0 ? '' : ` by ${paths.join(', ')}`;
  const counted = `${count(runs.length, 'run')} in ${count(groups.length, 'group')}${by}, ${seedsText(seeds)}`;
  const from = following.length === 0 ? '' : `; what differs with ${paths.length > 1 ? 'these' : 'it'}: `;
  return `${counted}${from}${following.join(', ')}`;
}

export const count = (n: number, noun: string) => `${n} ${noun}${n === 1 ? '' : 's'}`;

export function seedsText(seeds: readonly number[]): string {
  return `seed${seeds.length === 1 ? '' : 's'} ${seeds.join(', ')}`;
}

/** What the table of differences is, with its test. */
export function differencesTitle({ reference }: Comparison): string {
  if (reference === null) return '';
  const { path, value } = reference;
  return (
    `Less ${path} ${shownValue(value)}, by seed: means ± 95 % (Student); p of the paired t-test by Holm over the ` +
    'comparisons of a figure, * below 0.05'
  );
}

/** Groups without a seed in common with what they are compared with. */
export function unpairedText(differences: readonly GroupDifferences[]): readonly string[] {
  return differences.flatMap(({ group, base, seeds }) =>
    seeds.length > 0 ? [] : [`${group.name}: has no seed in common with ${base.name}, so no differences`],
  );
}

/** "accuracy=0.8: pwff reached by 3 of 3 runs, fedada by 1 of 3". */
export function targetTexts({ targets, groups }: Comparison): readonly string[] {
  return targets.map(({ figure, value }) => {
    const each = groups.map((group) => `${group.name} ${reached(group, figure.key)}`);
    return `Target ${figure.key}=${value}: reached by ${each.join('; ')}`;
  });
}

function reached({ estimates, runs }: ComparedGroup, key: string): string {
  return `${estimates[`${key}TargetSeconds`]?.n ?? 0} of ${runs.length}`;
}

/** "Pareto front of own accuracy and energy of messages: pwff, fedada". */
export function paretoText({ pareto }: Comparison): string | null {
  if (pareto === null) return null;
  const [first, second] = pareto.figures;
  const names = pareto.front.map(({ name }) => name);
  const words = `Pareto front of ${first.head} (${first.better}) and ${second.head} (${second.better})`;
  return `${words}: ${names.length === 0 ? 'no group has both' : names.join('; ')}`;
}
