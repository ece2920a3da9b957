import type { DataTable } from '../comparison/data-table.js';
import type { FigureResult, Measured, MethodRow, Reproduction } from './reproduction.js';

interface Cell {
  readonly figure: FigureResult['figure'];
  readonly row: MethodRow;
  readonly quantity: string;
  readonly measured: Measured;
}

/** A line for each figure, method and quantity: mean, interval, closed form, and what it has more than PWFF. */
export function meansTable({ figures }: Reproduction): DataTable {
  const cells = figures.flatMap(cellsOf);
  const number = (name: string, of: (measured: Measured) => number | null | undefined) => ({
    name,
    type: 'number' as const,
    values: cells.map(({ measured }) => of(measured) ?? null),
  });
  return [
    ...keysOf(cells),
    { name: 'n', type: 'integer', values: cells.map(({ measured }) => measured.estimate?.n ?? 0) },
    number('mean', ({ estimate }) => estimate?.mean),
    number('low', ({ estimate }) => estimate?.interval?.low),
    number('high', ({ estimate }) => estimate?.interval?.high),
    number('closedForm', ({ expected }) => expected),
    number('difference', ({ difference }) => difference?.mean),
    number('differenceLow', ({ difference }) => difference?.interval?.low),
    number('differenceHigh', ({ difference }) => difference?.interval?.high),
    number('p', ({ difference }) => difference?.p),
    number('pHolm', ({ difference }) => difference?.pHolm),
  ];
}

/** A line for each figure, method, quantity and seed. */
export function valuesTable({ figures }: Reproduction): DataTable {
  const cells = figures
    .flatMap(cellsOf)
    .flatMap((cell) =>
      cell.measured.seeds.map((seed, index) => ({ ...cell, seed, value: cell.measured.values[index]! })),
    );
  return [
    ...keysOf(cells),
    { name: 'seed', type: 'integer', values: cells.map(({ seed }) => seed) },
    { name: 'value', type: 'number', values: cells.map(({ value }) => value) },
  ];
}

function cellsOf({ figure, rows }: FigureResult): readonly Cell[] {
  return rows.flatMap((row) =>
    figure.quantities.map(({ name }) => ({ figure, row, quantity: name, measured: row.measured[name]! })),
  );
}

const keysOf = (cells: readonly Cell[]): DataTable => [
  { name: 'figure', type: 'text', values: cells.map(({ figure }) => figure.name) },
  { name: 'method', type: 'text', values: cells.map(({ row }) => row.method) },
  { name: 'quantity', type: 'text', values: cells.map(({ quantity }) => quantity) },
];
