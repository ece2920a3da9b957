import type { CsvValue } from '../csv.js';
import type { AnyFigure } from './figure.js';
import type { ColumnType, DataColumn, DataTable } from './data-table.js';
import type { ComparedRun } from './read-runs.js';
import { shownValue, valueAt, type Value } from './settings.js';

/**
 * One row a run: its folder, its seed, the settings that tell groups apart, and the figures as they are in its
 * records: shares from 0 to 1, bits, seconds and joules. A row has null where its run has none.
 */
export function tidyTable(
  runs: readonly ComparedRun[],
  paths: readonly string[],
  figures: readonly AnyFigure[],
): DataTable {
  return [
    { name: 'run', type: 'text', values: runs.map(({ run }) => run) },
    { name: 'seed', type: 'integer', values: runs.map(({ seed }) => seed) },
    ...paths.map((path) =>
      settingColumn(
        path,
        runs.map(({ scenario }) => valueAt(scenario, path)),
      ),
    ),
    ...figures.map(({ key }) => ({
      name: key,
      type: 'number' as const,
      values: runs.map((run) => run.figures[key] ?? null),
    })),
  ];
}

/** Of one type where all values are of it, else as text: a list, and a strategy with options, is JSON. */
function settingColumn(name: string, values: readonly Value[]): DataColumn {
  const known = values.filter((value) => value !== undefined && value !== null);
  const isAll = (type: 'number' | 'boolean') =>
    known.length > 0 && known.every((value) => typeof value === type);
  const type: ColumnType = isAll('number') ? 'number' : isAll('boolean') ? 'boolean' : 'text';
  const cell = (value: Value): CsvValue => {
    if (value === undefined || value === null) return null;
    return type === 'text' ? shownValue(value) : (value as number | boolean);
  };
  return { name, type, values: values.map(cell) };
}
