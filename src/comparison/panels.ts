import type { TopLevelSpec } from 'vega-lite';
import { chartOf } from './charts.js';
import type { Comparison } from './compare.js';
import { differenceChart } from './difference-charts.js';
import { paretoChart } from './pareto-chart.js';

/** A chart of a comparison, by the name of its file. */
export interface ComparisonChart {
  readonly name: string;
  readonly title: string;
  readonly of: 'figures' | 'differences' | 'pareto';
  readonly chart: TopLevelSpec;
}

/** All charts of a comparison: the front, each figure, and differences of each that are not all 0. */
export function chartsOf(comparison: Comparison): readonly ComparisonChart[] {
  const pareto = paretoChart(comparison);
  const front: ComparisonChart[] =
    pareto === null ? [] : [{ name: 'pareto', title: 'Pareto front', of: 'pareto', chart: pareto }];
  const figures = comparison.figures.flatMap((figure): readonly ComparisonChart[] => {
    const { key: name, head: title } = figure;
    const chart = chartOf(comparison, figure);
    return chart === null ? [] : [{ name, title, of: 'figures', chart }];
  });
  const differences = comparison.figures.flatMap((figure): readonly ComparisonChart[] => {
    const differs = comparison.differences.some(({ figures: found }) => (found[figure.key]?.mean ?? 0) !== 0);
    const chart = differs ? differenceChart(comparison, figure) : null;
    const { key, head: title } = figure;
    return chart === null ? [] : [{ name: `${key}-differences`, title, of: 'differences', chart }];
  });
  return [...front, ...figures, ...differences];
}
