import type { TopLevelSpec } from 'vega-lite';
import { height, look, quantity, wideWidth } from '../records/report/look.js';
import type { Comparison } from './compare.js';
import { headOf } from './figure.js';
import { inUnit } from './texts.js';

/** The means of two figures against each other, the groups of the front strong and joined; null where none has both. */
export function paretoChart({ groups, pareto }: Comparison): TopLevelSpec | null {
  if (pareto === null || pareto.front.length === 0) return null;
  const [first, second] = pareto.figures;
  const names = new Set(pareto.front.map(({ name }) => name));
  const points = groups.flatMap(({ name, estimates }) => {
    const [a, b] = [estimates[first.key], estimates[second.key]];
    if (!a || !b) return [];
    const isOn = names.has(name);
    return [
      {
        name,
        x: inUnit(first, a.mean),
        y: inUnit(second, b.mean),
        isOn,
        words: `${name}${isOn ? ', on the front' : ''}`,
      },
    ];
  });
  const scale = { zero: false, nice: true, padding: 12 };
  const axis = { tickCount: 6, format: '~r', grid: true };
  const x = quantity('x', `${headOf(first)} (${first.better} is better)`, { scale, axis });
  const y = quantity('y', `${headOf(second)} (${second.better} is better)`, { scale, axis });
  const color = 'var(--alignment)';
  return {
    ...look,
    width: wideWidth,
    height: 1.6 * height,
    data: { values: points },
    layer: [
      {
        transform: [{ filter: 'datum.isOn' }],
        mark: { type: 'line', strokeDash: [5, 4], strokeWidth: 1.5, color },
        encoding: { x, y },
      },
      {
        transform: [{ filter: '!datum.isOn' }],
        mark: { type: 'circle', size: 70, color: 'var(--muted)', opacity: 0.7 },
        encoding: { x, y, description: { field: 'words' } },
      },
      {
        transform: [{ filter: 'datum.isOn' }],
        mark: { type: 'point', shape: 'diamond', filled: true, size: 120, color, opacity: 1 },
        encoding: { x, y, description: { field: 'words' } },
      },
      {
        mark: { type: 'text', dx: 8, dy: -8, align: 'left' },
        encoding: { x, y, text: { field: 'name' } },
      },
    ],
  };
}
