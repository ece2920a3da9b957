import { resolve } from 'node:path';
import type * as DuckDB from '@duckdb/node-api';
import type { DuckDBConnection, StatementType } from '@duckdb/node-api';
import { UserError, messageOf, oneLine } from '../errors.js';
import type { ColumnType, DataTable } from '../comparison/data-table.js';
import { fileOf } from '../comparison/find-runs.js';
import type { CsvValue } from '../csv.js';
import { identifier, literal } from './quoted.js';
import { measuredView, views, type View } from './views.js';

/*
 * DuckDB over the records of runs: in memory, with views of the files of JSON lines. It can read these files and
 * nothing else, and write none.
 */

type DuckDBModule = typeof DuckDB;

/** What a query came to. */
export type QueryResult = DataTable;

/**
 * Answers one query over the records of `runs`, whose tidy table is the view `runs`. UserError in one line where DuckDB
 * is not installed, or refuses the query.
 */
export async function answer(sql: string, runs: readonly string[], tidy: DataTable): Promise<QueryResult> {
  if (sql.trim() === '') throw new UserError('pwff query: is empty, expected a statement of SQL, SELECT …');
  const duckdb = await openDuckDB();
  const instance = await duckdb.DuckDBInstance.create(':memory:', settings);
  const connection = await instance.connect();
  try {
    await fill(connection, runs, tidy);
    return await asked(duckdb, connection, sql);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** Nothing is fetched from anywhere. */
const settings = {
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
  allow_community_extensions: 'false',
};

async function openDuckDB(): Promise<DuckDBModule> {
  try {
    return await import('@duckdb/node-api');
  } catch (error) {
    throw new UserError(
      `pwff query: DuckDB cannot be loaded (${oneLine(messageOf(error))}), expected "npm install @duckdb/node-api", ` +
        'which brings its library along',
    );
  }
}

async function fill(connection: DuckDBConnection, runs: readonly string[], tidy: DataTable): Promise<void> {
  await connection.run(tableOf('runs', tidy));
  const names = runs.map((run) => `(${literal(run)}, ${literal(resolve(run))})`).join(', ');
  await connection.run(`CREATE TABLE folders AS SELECT * FROM (VALUES ${names}) AS t(run, folder)`);
  for (const view of views) await connection.run(viewOf(view, runs));
  await connection.run(measuredView);
  const files = runs.flatMap((run) => [pathOf(run, 'metrics'), pathOf(run, 'messages')]);
  await connection.run(`SET allowed_paths = ${listOf(files)}`);
  await connection.run('SET enable_external_access = false');
  await connection.run('SET lock_configuration = true');
}

const pathOf = (run: string, file: View['file']) => resolve(fileOf(run, file));
const listOf = (texts: readonly string[]) => `[${texts.map(literal).join(', ')}]`;

const sqlTypes: Readonly<Record<ColumnType, string>> = {
  text: 'VARCHAR',
  integer: 'BIGINT',
  number: 'DOUBLE',
  boolean: 'BOOLEAN',
};

function tableOf(name: string, table: DataTable): string {
  const row = (index: number) => `(${table.map(({ values }) => sqlValue(values[index]!)).join(', ')})`;
  const columns = table.map((column) => `${identifier(column.name)}::${sqlTypes[column.type]}`);
  const names = table.map((column) => identifier(column.name));
  const values = table[0]!.values.map((_, index) => row(index)).join(', ');
  const cast = columns.map((column, index) => `${column} AS ${names[index]}`).join(', ');
  return `CREATE TABLE ${name} AS SELECT ${cast} FROM (VALUES ${values}) AS t(${names.join(', ')})`;
}

function sqlValue(value: CsvValue): string {
  if (value === null) return 'NULL';
  return typeof value === 'string' ? literal(value) : String(value);
}

function viewOf({ name, file, rows, columns }: View, runs: readonly string[]): string {
  const files = listOf(runs.map((run) => pathOf(run, file)));
  const types = { ...(rows === null ? {} : { type: 'VARCHAR' as const }), ...columns };
  const struct = Object.entries(types).map(([column, type]) => `${literal(column)}: ${literal(type)}`);
  const shown = Object.keys(columns).map(identifier);
  const where = rows === null ? '' : ` WHERE type = ${literal(rows)}`;
  return (
    `CREATE VIEW ${name} AS SELECT folders.run, ${shown.join(', ')} FROM read_json(${files}, ` +
    `format = 'newline_delimited', maximum_object_size = 1000000000, filename = '#file', columns = {${struct.join(', ')}}) ` +
    `AS lines JOIN folders ON "#file" IN (concat(folder, '/${file}.jsonl'), concat(folder, '\\${file}.jsonl'))${where}`
  );
}

/** What cannot change a file. Others of the kind would: COPY writes even what can only be read. */
const harmless: readonly (keyof typeof StatementType)[] = ['SELECT', 'EXPLAIN', 'CREATE'];

async function asked(duckdb: DuckDBModule, connection: DuckDBConnection, sql: string): Promise<QueryResult> {
  try {
    const statements = await connection.extractStatements(sql);
    let table: DataTable = [];
    for (let index = 0; index < statements.count; index++) {
      const prepared = await statements.prepare(index);
      const kind = duckdb.StatementType[prepared.statementType] as keyof typeof StatementType;
      if (!harmless.includes(kind)) {
        throw new UserError(
          `pwff query: is a statement of kind ${kind}, expected SELECT: records are only read`,
        );
      }
      const reader = await prepared.runAndReadAll();
      table = tableOfResult(
        duckdb,
        reader.deduplicatedColumnNames(),
        reader.columnTypes(),
        reader.getColumnsJS(),
      );
    }
    return table;
  } catch (error) {
    if (error instanceof UserError) throw error;
    const [message = ''] = messageOf(error).split('\n\n');
    throw new UserError(`pwff query: ${message.trim().replace(/\s+/g, ' ')}`);
  }
}

type Reader = Awaited<ReturnType<DuckDBConnection['runAndReadAll']>>;

function tableOfResult(
  duckdb: DuckDBModule,
  names: readonly string[],
  types: ReturnType<Reader['columnTypes']>,
  columns: ReturnType<Reader['getColumnsJS']>,
): DataTable {
  const { DuckDBTypeId } = duckdb;
  const integers = [
    ...[DuckDBTypeId.TINYINT, DuckDBTypeId.SMALLINT, DuckDBTypeId.INTEGER, DuckDBTypeId.BIGINT],
    ...[DuckDBTypeId.UTINYINT, DuckDBTypeId.USMALLINT, DuckDBTypeId.UINTEGER, DuckDBTypeId.UBIGINT],
    ...[DuckDBTypeId.HUGEINT, DuckDBTypeId.UHUGEINT],
  ];
  const numbers = [DuckDBTypeId.FLOAT, DuckDBTypeId.DOUBLE, DuckDBTypeId.DECIMAL];
  return names.map((name, index) => {
    const { typeId } = types[index]!;
    const values = columns[index]!.map(cellOf);
    const isUnsafe = values.some((value) => typeof value === 'number' && !Number.isFinite(value));
    if (integers.includes(typeId) && values.every((value) => value === null || Number.isSafeInteger(value))) {
      return { name, type: 'integer', values };
    }
    if (numbers.includes(typeId) && !isUnsafe) return { name, type: 'number', values };
    if (typeId === DuckDBTypeId.BOOLEAN) return { name, type: 'boolean', values };
    return { name, type: 'text', values: values.map((value) => (value === null ? null : String(value))) };
  });
}

/** A whole number beyond 2^53 is its digits; what is neither text nor number is JSON. */
function cellOf(value: unknown): CsvValue {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (typeof value === 'bigint') {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value.toString();
  }
  return JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? Number(inner) : inner));
}
