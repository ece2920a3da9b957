import { UserError, isSystemError } from '../errors.js';
import { csvOfTable, parquetOfTable, rowsOfTable, type DataTable } from '../comparison/data-table.js';
import { figures } from '../comparison/figures.js';
import { findRuns } from '../comparison/find-runs.js';
import { readRuns } from '../comparison/read-runs.js';
import { differences } from '../comparison/settings.js';
import { tidyTable } from '../comparison/tidy.js';
import type { CsvValue } from '../csv.js';
import { number } from '../records/report/format.js';
import { writeWhole } from '../records/write-whole.js';
import { abilitiesOf, line, type Terminal } from './terminal.js';
import { textTable } from './text-table.js';

export interface QueryCommandOptions {
  readonly format: 'table' | 'csv' | 'json' | 'parquet';
  readonly out?: string;
}

/** Where `pwff run` puts runs. */
const usualFolder = 'runs';

/** `pwff query`: SQL over the records of all runs in some folders. */
export async function queryCommand(
  sql: string,
  paths: readonly string[],
  { format, out }: QueryCommandOptions,
  terminal: Terminal,
): Promise<void> {
  if (format === 'parquet' && out === undefined) {
    throw new UserError('--format: is "parquet", which no terminal shows, expected --out <file> as well');
  }
  const { runs, leftOut } = await readRuns(
    await findRuns(paths.length === 0 ? [usualFolder] : paths),
    figures,
  );
  for (const { run, why } of leftOut) line(terminal.err, `pwff: left out ${run}: ${why}`);
  if (runs.length === 0) throw new UserError('pwff query: no run can be read, expected one at least');
  const { answer } = await import('../query/database.js');
  const result = await answer(
    sql,
    runs.map(({ run }) => run),
    runsTable(runs),
  );
  write(result, format, out, terminal);
}

/** The tidy rows of the runs, with each one's scenario as JSON. */
function runsTable(runs: Parameters<typeof tidyTable>[0]): DataTable {
  const { kept, following } = differences(runs.map(({ scenario }) => scenario));
  const paths = [...new Set(['method', ...kept, ...following])];
  const scenario = runs.map(({ scenario }) => JSON.stringify(scenario));
  return [...tidyTable(runs, paths, figures), { name: 'scenario', type: 'text', values: scenario }];
}

const contents: Readonly<Record<'csv' | 'json' | 'parquet', (table: DataTable) => string | Uint8Array>> = {
  csv: csvOfTable,
  json: (table) => `${JSON.stringify(rowsOfTable(table), null, 2)}\n`,
  parquet: parquetOfTable,
};

function write(
  table: DataTable,
  format: QueryCommandOptions['format'],
  file: string | undefined,
  { out }: Terminal,
): void {
  const columns = file === undefined ? abilitiesOf(out).columns : Infinity;
  const content = format === 'table' ? `${tableText(table, columns)}\n` : contents[format](table);
  if (file === undefined) return void out.write(content);
  try {
    writeWhole(file, content);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new UserError(
      `--out: ${file} cannot be written (${error.message}), expected a file in a folder of yours`,
    );
  }
  line(out, `Written: ${file}`);
}

function tableText(table: DataTable, columns: number): string {
  const rows = (table[0]?.values ?? []).map((_, row) =>
    table.map(({ type, values }) => cellText(values[row]!, type)),
  );
  const alignment = table.map(({ type }) => (type === 'number' || type === 'integer' ? 'r' : 'l')).join('');
  const head = table.map(({ name }) => name);
  const counted = `${rows.length} row${rows.length === 1 ? '' : 's'}`;
  return `${textTable({ head, alignment, rows }, { frame: '─', gap: 1, padding: 1 }, columns)}\n${counted}`;
}

/** A fraction has three significant digits here; files have all. */
function cellText(value: CsvValue, type: DataTable[number]['type']): string {
  if (value === null) return '–';
  return type === 'number' ? number(value as number) : String(value);
}
