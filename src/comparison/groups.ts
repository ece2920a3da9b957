import { UserError } from '../errors.js';
import { groupedBy } from '../grouped.js';
import { shown } from '../settings/problem.js';
import type { ComparedRun } from './read-runs.js';
import { shownValue, textOf, valueAt, type Value } from './settings.js';

/** Runs that differ in their seeds alone. */
export interface Group {
  /** Of the settings that tell groups apart, in their order. */
  readonly values: readonly Value[];
  readonly name: string;
  /** In the order of their seeds. */
  readonly runs: readonly ComparedRun[];
}

/** The groups that settings make of runs: in the order of their values, numbers by size and names by letter. */
export function groupsOf(runs: readonly ComparedRun[], paths: readonly string[]): readonly Group[] {
  const valuesOf = ({ scenario }: ComparedRun) => paths.map((path) => valueAt(scenario, path));
  return [...groupedBy(runs, (run) => valuesOf(run).map(textOf).join('\n')).values()]
    .map((own) => {
      const values = valuesOf(own[0]!);
      const name = paths.length === 0 ? 'all runs' : values.map(shownValue).join(', ');
      return { values, name, runs: [...own].sort((a, b) => a.seed - b.seed) };
    })
    .sort((a, b) => compared(a.values, b.values));
}

function compared(some: readonly Value[], others: readonly Value[]): number {
  const orders = some.map((value, index) => order(value, others[index]));
  return orders.find((one) => one !== 0) ?? 0;
}

function order(a: Value, b: Value): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const [x, y] = [shownValue(a), shownValue(b)];
  return x === y ? 0 : x < y ? -1 : 1;
}

/** The value of one setting that the other groups are compared with. */
export interface Reference {
  readonly path: string;
  readonly value: Value;
}

const usualMethod = 'pwff';

/**
 * What groups are compared with. `asked` is a value, or "path=value" where several settings have it; without it that is
 * the method `pwff` where methods differ and it is among them, else the first value of the first setting. Null where
 * there is one group alone. UserError where no group has what is asked for.
 */
export function referenceOf(
  groups: readonly Group[],
  paths: readonly string[],
  asked: string | null,
): Reference | null {
  const choices = paths.flatMap((path, index) =>
    distinct(groups.map(({ values }) => values[index])).map((value) => ({ path, value })),
  );
  if (asked === null) {
    const usual = choices.find(({ path, value }) => path === 'method' && value === usualMethod);
    return usual ?? choices[0] ?? null;
  }
  const found = choices.filter(({ path, value }) =>
    [shownValue(value), `${path}=${shownValue(value)}`].includes(asked),
  );
  if (found.length === 1) return found[0]!;
  const among = found.length === 0 ? choices : found;
  const names = among.map(({ path, value }) => shown(`${path}=${shownValue(value)}`));
  const expected =
    names.length === 0 ? 'groups that differ in a setting; there is one alone' : names.join(', ');
  throw new UserError(
    `--against: is ${shown(asked)}, expected ${names.length > 1 ? 'one of ' : ''}${expected}`,
  );
}

function distinct(values: readonly Value[]): readonly Value[] {
  return values.filter((value, index) => values.findIndex((one) => textOf(one) === textOf(value)) === index);
}

/** The group with the value of the reference and all else as in `group`; null where it did not run. */
export function baseOf(
  group: Group,
  groups: readonly Group[],
  paths: readonly string[],
  { path, value }: Reference,
): Group | null {
  const place = paths.indexOf(path);
  const wanted = group.values.map((own, index) => textOf(index === place ? value : own));
  return groups.find(({ values }) => values.every((own, index) => textOf(own) === wanted[index])) ?? null;
}
