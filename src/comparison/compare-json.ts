import { exactJson } from '../records/exact-json.js';
import type { AnyFigure } from './figure.js';
import type { Comparison, Difference } from './compare.js';
import type { Group } from './groups.js';
import type { Estimate } from './statistics.js';

/**
 * A comparison as JSON: equal runs give equal text. What is of the machine that computed them, as real seconds, is
 * left out.
 */
export function comparisonJson(comparison: Comparison): string {
  const { runs, leftOut, notes, paths, following, groups, reference, differences, targets, pareto } =
    comparison;
  const figures = comparison.figures.filter((figure) => !isOfMachine(figure));
  const only = <T>(values: Readonly<Record<string, T>>) =>
    Object.fromEntries(figures.map(({ key }) => [key, values[key] ?? null]));
  const document = {
    format: 'pwff-comparison-1',
    figures: figures.map(({ key, head, unit, better }) => ({ key, head, unit, better })),
    settings: paths,
    following,
    notes,
    runs: runs.map(({ run, seed, scenario: _, figures: own, origin }) => ({
      run,
      seed,
      ...origin,
      figures: only(own),
    })),
    leftOut,
    groups: groups.map((group) => ({
      ...named(group),
      runs: group.runs.map(({ run }) => run),
      figures: only(mapped(group.estimates, estimateJson)),
    })),
    reference: reference === null ? null : { setting: reference.path, value: reference.value ?? null },
    differences: differences.map(({ group, base, seeds, figures: found }) => ({
      ...named(group),
      less: base.name,
      seeds,
      figures: only(mapped(found, differenceJson)),
    })),
    targets: targets.map(({ figure, value }) => ({ figure: figure.key, value })),
    pareto: pareto && {
      figures: pareto.figures.map(({ key }) => key),
      front: pareto.front.map(({ name }) => name),
    },
  };
  return `${exactJson(document, 'compare.json', 2)}\n`;
}

const isOfMachine = (figure: AnyFigure) => figure.isOfMachine === true;

const named = ({ name, values }: Group) => ({ group: name, values: values.map((value) => value ?? null) });

function mapped<T, S>(
  values: Readonly<Record<string, T | null>>,
  change: (value: T) => S,
): Readonly<Record<string, S | null>> {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, value === null ? null : change(value)]),
  );
}

const estimateJson = ({ n, mean, interval }: Estimate) => ({
  n,
  mean,
  low: interval?.low ?? null,
  high: interval?.high ?? null,
});

const differenceJson = (difference: Difference) => ({
  ...estimateJson(difference),
  p: difference.p,
  pHolm: difference.pHolm,
  pSignedRank: difference.pSignedRank,
});
