import type { Difference } from '../comparison/compare.js';
import { exactJson } from '../records/exact-json.js';
import type { FigureResult, Measured, MethodRow, Reproduction } from './reproduction.js';
import { reproductionPresets } from './presets.js';
import { tuningSeeds } from './seeds.js';

/**
 * reproduce.json: `fig4.<method>.<quantity>` and `fig5.<method>.<quantity>` with `mean`, `ci95` (Student's, both ends; null
 * of one seed), `seeds` and `values`; then closed forms and differences to PWFF under the same keys. Keys have a fixed
 * order, and equal runs give equal text.
 */
export function reproductionJson(reproduction: Reproduction): string {
  const { preset, scenario, seeds, notes, figures, uploads } = reproduction;
  const of = (content: (measured: Measured) => unknown, rows?: (row: MethodRow) => boolean) =>
    Object.fromEntries(figures.map((result) => [result.figure.name, byMethod(result, content, rows)]));
  const document = {
    format: 'pwff-reproduction-1',
    preset,
    label: reproductionPresets[preset].label,
    scenario,
    seeds,
    tuningSeeds,
    notes,
    ...of(measuredJson),
    closedForms: of(({ expected, why }) => ({ mean: expected, why })),
    differences: of(
      ({ difference }) => difference && differenceJson(difference),
      ({ method }) => method !== 'pwff',
    ),
    uploadSecondsPerRound: uploads,
  };
  return `${exactJson(document, 'reproduce.json', 2)}\n`;
}

function byMethod(
  { figure, rows }: FigureResult,
  content: (measured: Measured) => unknown,
  isWanted: (row: MethodRow) => boolean = () => true,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    rows
      .filter(isWanted)
      .map((row) => [
        row.method,
        Object.fromEntries(figure.quantities.map(({ name }) => [name, content(row.measured[name]!)])),
      ]),
  );
}

function measuredJson({ estimate, seeds, values }: Measured) {
  const interval = estimate?.interval ?? null;
  return {
    mean: estimate?.mean ?? null,
    ci95: interval && [interval.low, interval.high],
    seeds,
    values,
  };
}

function differenceJson({ mean, interval, n, p, pHolm }: Difference) {
  return { mean, ci95: interval && [interval.low, interval.high], n, p, pHolm };
}
