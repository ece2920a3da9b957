import { parquetWriteBuffer, type BasicType } from 'hyparquet-writer';
import { csvText, type CsvValue } from '../csv.js';

/*
 * Tables for other programs: CSV, JSON and Parquet of the same columns.
 */

/** What all values of a column are, where it has any. */
export type ColumnType = 'text' | 'integer' | 'number' | 'boolean';

export interface DataColumn {
  readonly name: string;
  readonly type: ColumnType;
  /** One for each row; null where a row has none. Integers are safe ones. */
  readonly values: readonly CsvValue[];
}

export type DataTable = readonly DataColumn[];

const rowsIn = (table: DataTable) => table[0]?.values.map((_, row) => row) ?? [];

/** A last line's end is there, as programs that append expect it. */
export function csvOfTable(table: DataTable): string {
  const rows = rowsIn(table).map((row) => table.map(({ values }) => values[row]!));
  return `${csvText(
    table.map(({ name }) => name),
    rows,
  )}\r\n`;
}

/** One object for each row. */
export function rowsOfTable(table: DataTable): readonly Readonly<Record<string, CsvValue>>[] {
  return rowsIn(table).map((row) =>
    Object.fromEntries(table.map(({ name, values }) => [name, values[row]!] as const)),
  );
}

const parquetTypes: Readonly<Record<ColumnType, BasicType>> = {
  text: 'STRING',
  integer: 'INT64',
  number: 'DOUBLE',
  boolean: 'BOOLEAN',
};

/** The bytes of a Parquet file; columns can hold nulls. */
export function parquetOfTable(table: DataTable): Uint8Array {
  const columnData = table.map(({ name, type, values }) => ({
    name,
    type: parquetTypes[type],
    nullable: true,
    data: values.map((value) => (type === 'integer' && value !== null ? BigInt(value) : value)),
  }));
  return new Uint8Array(parquetWriteBuffer({ columnData }));
}
