import { difference, interval, tableHead, tableRow, type Column } from '../tables.js';

/** The runs of one method at one point of a sweep, in the order of the seeds. */
export interface Group<Run> {
  /** The settings that the sweep makes; empty where nothing is swept. */
  readonly point: readonly string[];
  readonly method: string;
  readonly runs: readonly Run[];
}

/** Means with 95 % intervals: a row for each method at each point. */
export function figuresTable<Run>(groups: readonly Group<Run>[], columns: readonly Column<Run>[]): string {
  const known = knownColumns(groups, columns);
  const rows = groups.map((group) =>
    tableRow([...names(group), ...known.map(({ of, digits }) => interval(group.runs.map(of), digits))]),
  );
  return tableHead([...nameHeads(groups), ...known.map(({ head }) => head)]) + rows.join('');
}

/**
 * What each method has more than a reference at the same point, by seed, with 95 % intervals of the differences: methods
 * share data and fading under one seed. Empty where the reference did not run, or nothing beside it.
 */
export function differencesTable<Run>(
  groups: readonly Group<Run>[],
  columns: readonly Column<Run>[],
  reference: string,
): string {
  const known = knownColumns(groups, columns);
  const rows = groups.flatMap((group) => {
    const base = groups.find(({ point, method }) => method === reference && sameAs(point, group.point));
    if (base === undefined || group.method === reference) return [];
    const cells = known.map(({ of, digits }) => difference(pairwise(group.runs, base.runs, of), digits));
    return [tableRow([...names(group), ...cells])];
  });
  if (rows.length === 0) return '';
  const heads = [...nameHeads(groups, `less ${reference}`), ...known.map(({ head }) => head)];
  return tableHead(heads) + rows.join('');
}

/** Null for a seed where one of both has no figure. */
export function pairwise<Run>(
  runs: readonly Run[],
  bases: readonly Run[],
  of: (run: Run) => number | null,
): readonly (number | null)[] {
  if (runs.length !== bases.length) throw new RangeError(`${runs.length} runs beside ${bases.length}`);
  return runs.map((run, seed) => {
    const [value, base] = [of(run), of(bases[seed]!)];
    return value === null || base === null ? null : value - base;
  });
}

function knownColumns<Run>(groups: readonly Group<Run>[], columns: readonly Column<Run>[]) {
  return columns.filter(({ of }) => groups.some(({ runs }) => runs.some((run) => of(run) !== null)));
}

const isSwept = (groups: readonly Group<unknown>[]) => groups.some(({ point }) => point.length > 0);

function nameHeads(groups: readonly Group<unknown>[], method = 'method'): readonly string[] {
  return isSwept(groups) ? ['setting', method] : [method];
}

function names({ point, method }: Group<unknown>): readonly string[] {
  return point.length > 0 ? [point.join(', '), method] : [method];
}

function sameAs(some: readonly string[], others: readonly string[]): boolean {
  return some.join('\n') === others.join('\n');
}
