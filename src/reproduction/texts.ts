import { units } from '../comparison/figure.js';
import { differenceText, estimateText, inUnit } from '../comparison/texts.js';
import { number } from '../records/report/format.js';
import { figureOf } from './figure-chart.js';
import type { Quantity } from './paper-figures.js';
import type { FigureResult, MethodRow } from './reproduction.js';

/*
 * A figure as a table, in words: for the terminal and for the page.
 */

/** A column of a figure's table. */
export interface TextColumn {
  readonly head: string;
  readonly cell: (row: MethodRow) => string;
}

export const nameOf = ({ title, isInPaper }: MethodRow): string =>
  isInPaper ? title : `${title} (not in the paper)`;

/** For each quantity its mean, its closed form where it is on the air, and what it has more than PWFF's. */
export function columnsOf(result: FigureResult): readonly TextColumn[] {
  return result.figure.quantities.flatMap((quantity) => columnsOfQuantity(result, quantity));
}

function columnsOfQuantity(result: FigureResult, quantity: Quantity): readonly TextColumn[] {
  const { name, head } = quantity;
  const figure = figureOf(result, quantity);
  if (figure === null) return [{ head, cell: () => '–' }];
  const { sign } = units[figure.unit];
  const closedForm: TextColumn = {
    head: 'closed form',
    cell: ({ measured }) => {
      const { expected } = measured[name]!;
      return expected === null ? '–' : number(inUnit(figure, expected));
    },
  };
  return [
    {
      head: sign === null ? head : `${head}, ${sign}`,
      cell: ({ measured }) => estimateText(figure, measured[name]!.estimate),
    },
    ...(quantity.onAir === undefined ? [] : [closedForm]),
    {
      head: 'less PWFF',
      cell: ({ measured, method }) =>
        method === 'pwff' ? '' : differenceText(figure, measured[name]!.difference),
    },
  ];
}

export const testsText =
  'Means over the seeds ± half of Student’s 95 % interval. Differences to PWFF are seed by seed, with p of the paired t-test, ' +
  'two-sided, corrected by Holm over the comparisons of a column; * below 0.05.';

/** Why a closed form is missing, once for each reason. */
export function missingForms({ rows, figure }: FigureResult): readonly string[] {
  const reasons = new Map<string, readonly string[]>();
  for (const { name, onAir } of figure.quantities) {
    if (onAir === undefined) continue;
    for (const { title, measured } of rows) {
      const { why } = measured[name]!;
      if (why !== null) reasons.set(why, [...(reasons.get(why) ?? []), title]);
    }
  }
  return [...reasons].map(([why, titles]) => `No closed form for ${titles.join(', ')}: ${why}.`);
}
