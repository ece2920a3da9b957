import type { TopLevelSpec } from 'vega-lite';
import { look, quantity, width } from '../records/report/look.js';
import type { Comparison } from './compare.js';
import { headOf, type AnyFigure } from './figure.js';
import { differenceText, inUnit } from './texts.js';

/** What each group has of a figure more than the reference, with intervals, about 0; null where nothing is paired. */
export function differenceChart({ differences }: Comparison, figure: AnyFigure): TopLevelSpec | null {
  const points = differences.flatMap(({ group, figures }) => {
    const found = figures[figure.key] ?? null;
    if (found === null) return [];
    const { mean, interval } = found;
    const [low, high] = [interval?.low ?? mean, interval?.high ?? mean].map((value) => inUnit(figure, value));
    const words = `${group.name}: ${differenceText(figure, found)}`;
    return [{ group: group.name, value: inUnit(figure, mean), low: low!, high: high!, words }];
  });
  if (points.length === 0) return null;
  const x = quantity('value', `difference, ${headOf(figure)}`, {
    scale: { zero: true, nice: true },
    axis: { tickCount: 5, format: '~r' },
  });
  const y = {
    field: 'group',
    type: 'nominal',
    title: null,
    sort: points.map(({ group }) => group),
    axis: { labelLimit: 170, grid: false },
  } as const;
  const description = { field: 'words', type: 'nominal' } as const;
  const color = 'var(--reward)';
  return {
    ...look,
    width,
    height: Math.max(90, 40 + 26 * points.length),
    data: { values: points },
    layer: [
      { mark: { type: 'rule', color: 'var(--muted)', strokeDash: [3, 3] }, encoding: { x: { datum: 0 } } },
      {
        mark: { type: 'rule', strokeWidth: 2, color },
        encoding: { x: { ...x, field: 'low' }, x2: { field: 'high' }, y },
      },
      {
        mark: { type: 'point', shape: 'diamond', filled: true, size: 80, opacity: 1, color },
        encoding: { x, y, description },
      },
    ],
  };
}
