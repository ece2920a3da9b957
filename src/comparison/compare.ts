import { UserError } from '../errors.js';
import type { AnyFigure, Figure } from './figure.js';
import { figures as allFigures } from './figures.js';
import { baseOf, groupsOf, referenceOf, type Group, type Reference } from './groups.js';
import type { ComparedRun, LeftOut, ReadRuns } from './read-runs.js';
import { differences } from './settings.js';
import {
  estimate,
  holm,
  paired,
  pairedTest,
  paretoFront,
  signedRankTest,
  type Estimate,
} from './statistics.js';
import { figuresOfTarget, type Target } from './targets.js';

/** What is asked of a comparison. */
export interface Asked {
  readonly against: string | null;
  readonly targets: readonly Target[];
  readonly pareto: readonly [AnyFigure, AnyFigure] | null;
}

/** Some runs beside each other. */
export interface Comparison {
  readonly runs: readonly ComparedRun[];
  readonly leftOut: readonly LeftOut[];
  /** What somebody should know before comparing them, in words. */
  readonly notes: readonly string[];
  /** The settings that tell groups apart, and those that follow from them. */
  readonly paths: readonly string[];
  readonly following: readonly string[];
  /** Those of targets, and those that a run has. */
  readonly figures: readonly AnyFigure[];
  readonly groups: readonly ComparedGroup[];
  readonly reference: Reference | null;
  readonly differences: readonly GroupDifferences[];
  readonly targets: readonly Target[];
  readonly pareto: {
    readonly figures: readonly [AnyFigure, AnyFigure];
    readonly front: readonly Group[];
  } | null;
}

export interface ComparedGroup extends Group {
  /** By key; null where no run of the group has the figure. */
  readonly estimates: Readonly<Record<string, Estimate | null>>;
}

/** What a group has more than the reference, by seed. */
export interface GroupDifferences {
  readonly group: Group;
  readonly base: Group;
  /** In both groups; empty where nothing can be paired. */
  readonly seeds: readonly number[];
  readonly figures: Readonly<Record<string, Difference | null>>;
}

export interface Difference extends Estimate {
  /** Of the paired t-test, and the same by Holm over the comparisons of this figure; null where it has no test. */
  readonly p: number | null;
  readonly pHolm: number | null;
  /** Of Wilcoxon's signed-rank test. */
  readonly pSignedRank: number | null;
}

/** The figures that are read of each run: those of the table, and those of targets. */
export function figuresFor(targets: readonly Target[]): readonly AnyFigure[] {
  return [...targets.flatMap(figuresOfTarget), ...allFigures];
}

/** Puts runs beside each other. UserError where there are none, or where they have not what is asked. */
export function compare({ runs, leftOut }: ReadRuns, asked: Asked): Comparison {
  if (runs.length === 0) {
    const [first] = leftOut;
    const why = first === undefined ? '' : `; ${first.run}: ${first.why}`;
    throw new UserError(
      `pwff compare: none of ${leftOut.length} runs can be compared, expected one at least${why}`,
    );
  }
  const { kept: paths, following } = differences(runs.map(({ scenario }) => scenario));
  const ofTargets = asked.targets.flatMap(figuresOfTarget);
  const known = allFigures.filter(({ key }) => runs.some((run) => run.figures[key] !== null));
  const figures = [...ofTargets, ...known];
  const groups = groupsOf(runs, paths).map((group) => ({ ...group, estimates: estimatesOf(group, figures) }));
  const reference = referenceOf(groups, paths, asked.against);
  return {
    runs,
    leftOut,
    notes: notesOn(runs),
    paths,
    following,
    figures,
    groups,
    reference,
    differences: reference === null ? [] : differencesOf(groups, paths, reference, figures),
    targets: asked.targets,
    pareto: asked.pareto === null ? null : { figures: asked.pareto, front: frontOf(groups, asked.pareto) },
  };
}

/** The value of a figure in each run of a group that has one, by its seed. */
function valuesOf({ runs }: Group, key: string): readonly (readonly [number, number])[] {
  return runs.flatMap(({ seed, figures }) => {
    const value = figures[key] ?? null;
    return value === null ? [] : [[seed, value] as const];
  });
}

function estimatesOf(group: Group, figures: readonly AnyFigure[]): ComparedGroup['estimates'] {
  return Object.fromEntries(
    figures.map(({ key }) => [key, estimate(valuesOf(group, key).map(([, value]) => value))]),
  );
}

function differencesOf(
  groups: readonly Group[],
  paths: readonly string[],
  reference: Reference,
  figures: readonly AnyFigure[],
): readonly GroupDifferences[] {
  const pairs = groups.flatMap((group) => {
    const base = baseOf(group, groups, paths, reference);
    return base === null || base === group ? [] : [{ group, base }];
  });
  const columns = figures.map(({ key }) => [key, comparisonsOf(key, pairs)] as const);
  return pairs.map(({ group, base }, index) => ({
    group,
    base,
    seeds: commonSeeds(group, base),
    figures: Object.fromEntries(columns.map(([key, column]) => [key, column[index]!])),
  }));
}

/** Of one figure, in the order of the pairs. */
function comparisonsOf(
  key: string,
  pairs: readonly { readonly group: Group; readonly base: Group }[],
): readonly (Difference | null)[] {
  const found = pairs.map(({ group, base }) =>
    paired(valuesOf(group, key), valuesOf(base, key)).map(([, value, other]) => value - other),
  );
  const tests = found.map(pairedTest);
  const adjusted = holm(tests);
  return found.map((differences, index) => {
    const mean = estimate(differences);
    if (mean === null) return null;
    return { ...mean, p: tests[index]!, pHolm: adjusted[index]!, pSignedRank: signedRankTest(differences) };
  });
}

function commonSeeds({ runs }: Group, base: Group): readonly number[] {
  const others = new Set(base.runs.map(({ seed }) => seed));
  return runs.map(({ seed }) => seed).filter((seed) => others.has(seed));
}

/** The groups that no other one beats in the means of both figures. */
function frontOf(
  groups: readonly ComparedGroup[],
  [first, second]: readonly [AnyFigure, AnyFigure],
): readonly Group[] {
  const known = groups.flatMap((group) => {
    const [a, b] = [group.estimates[first.key], group.estimates[second.key]];
    return a && b ? [{ group, point: [a.mean, b.mean] as const }] : [];
  });
  const isOn = paretoFront(
    known.map(({ point }) => point),
    [first.better, second.better],
  );
  return known.filter((_, index) => isOn[index]).map(({ group }) => group);
}

const origins = [
  ['version', 'versions of pwff'],
  ['backend', 'backends'],
  ['learning', 'learning'],
  ['endedBy', 'ends'],
] as const;

/** One line for each thing that runs should have alike and have not; and where nothing was trained. */
function notesOn(runs: readonly ComparedRun[]): readonly string[] {
  const unlike = origins.flatMap(([key, name]) => {
    const found = [...new Set(runs.map(({ origin }) => origin[key]))].sort();
    return found.length < 2 ? [] : [`runs of different ${name}: ${found.join(', ')}`];
  });
  const isStub = runs.every(({ origin }) => origin.learning === 'stub');
  return [...unlike, ...(isStub ? ['learning is stub: no figure is of a trained model'] : [])];
}

/** The figure of each group's runs that reached it, of how many. */
export function reachedBy(group: Group, { key }: Pick<Figure, 'key'>): number {
  return valuesOf(group, key).length;
}
