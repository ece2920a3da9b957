import { headOf, units, type RunFigures } from '../../src/comparison/figure.js';
import { figureNamed, figures } from '../../src/comparison/figures.js';
import type { Column } from '../tables.js';

/** Figures by their keys, with the digits that the study writes; one that a run has not at all is left out of the tables. */
const shown = [
  ['accuracy', 1],
  ['unseenAccuracy', 1],
  ['factAccuracy', 1],
  ['sharedAccuracy', 1],
  ['heldOutLoss', 3],
  ['instructionDelaySecondsPerRound', 2],
  ['instructionEnergyJoulesPerRound', 2],
  ['bitsPerRound', 3],
  ['helpfulAccuracy', 1],
  ['harmlessAccuracy', 1],
  ['reward', 3],
  ['refusalRate', 1],
  ['correctness', 1],
] as const;

export const columns: readonly Column<RunFigures>[] = shown.map(([key, digits]) => {
  const figure = figureNamed('columns', key, figures);
  const { factor } = units[figure.unit];
  const of = (run: RunFigures) => {
    const value = figure.of(run);
    return value === null ? null : factor * value;
  };
  return { head: headOf(figure), digits, of };
});
