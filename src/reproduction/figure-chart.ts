import type { TopLevelSpec } from 'vega-lite';
import { chartOf } from '../comparison/charts.js';
import { units, type AnyFigure } from '../comparison/figure.js';
import { inUnit } from '../comparison/texts.js';
import { stacked, type LayeredView } from '../records/report/look.js';
import type { Quantity } from './paper-figures.js';
import { reproductionPresets } from './presets.js';
import type { FigureResult, Reproduction } from './reproduction.js';

/** The figure of the comparison that a quantity is; null where no run has it. */
export function figureOf({ comparison }: FigureResult, quantity: Quantity): AnyFigure | null {
  return comparison.figures.find(({ key }) => key === quantity.figure) ?? null;
}

const viewWidth = 330;

/**
 * A figure of the paper: its quantities one below the other, with a line for each method; where there is a closed form it
 * stands as a bar. Null where no run has any of them.
 */
export function figureChart(
  result: FigureResult,
  { preset }: Pick<Reproduction, 'preset'>,
): TopLevelSpec | null {
  const { figure } = result;
  const views = figure.quantities
    .filter(({ isInPaper }) => isInPaper)
    .flatMap((quantity) => viewOf(result, quantity));
  if (views.length === 0) return null;
  const { label } = reproductionPresets[preset];
  const title = {
    text: figure.title,
    subtitle: label,
    anchor: 'start',
    color: 'var(--ink)',
    subtitleColor: 'var(--muted)',
  } as const;
  return { ...stacked, title, spacing: 24, vconcat: views };
}

function viewOf(result: FigureResult, quantity: Quantity): readonly LayeredView[] {
  const figure = figureOf(result, quantity);
  if (figure === null) return [];
  const chart = chartOf(result.comparison, { ...figure, head: quantity.head });
  if (chart === null || !('layer' in chart)) return [];
  const { layer, data, height } = chart;
  const [first] = layer;
  const bars = result.rows.flatMap(({ title, measured }) => {
    const { expected } = measured[quantity.name]!;
    if (expected === null) return [];
    const words = `${title}, closed form: ${Number(inUnit(figure, expected).toPrecision(4))} ${units[figure.unit].sign ?? ''}`;
    return [{ group: title, value: inUnit(figure, expected), words }];
  });
  if (bars.length === 0 || !first || !('encoding' in first)) {
    return [{ width: viewWidth, height, data, layer } as LayeredView];
  }
  const bar = {
    data: { values: bars },
    mark: { type: 'tick', thickness: 2, size: 18, color: 'var(--reward)' },
    encoding: first.encoding,
  };
  return [{ width: viewWidth, height, data, layer: [bar, ...layer] } as LayeredView];
}
