import { UserError } from '../../errors.js';
import type { LoadReport } from './types.js';

/** Why a row cannot be used: the field it is about ('' for the whole row), and what is the matter with it. */
export interface Defect {
  readonly field: string;
  readonly is: string;
}

export interface Loaded<T> {
  readonly rows: readonly T[];
  readonly report: LoadReport;
}

/**
 * Reads raw rows one by one; a defect leaves its row out and is counted by its reason. UserError, naming
 * file, row and field, where not a single row can be used. Rows are numbered from 1.
 */
export function usableRows<T>(
  file: string,
  expected: string,
  raw: readonly unknown[],
  read: (row: unknown) => T | Defect,
): Loaded<T> {
  if (raw.length === 0) throw new UserError(`${file}: holds no rows, expected ${expected}`);
  const rows: T[] = [];
  const leftOut: Record<string, number> = {};
  let firstDefect: string | null = null;
  raw.forEach((row, index) => {
    const result = read(row);
    if (!isDefect(result)) return void rows.push(result);
    const reason = `${result.field} ${result.is}`.trim();
    leftOut[reason] = (leftOut[reason] ?? 0) + 1;
    firstDefect ??= `row ${index + 1}: ${result.field ? `/${result.field}: ` : ''}${result.is}`;
  });
  if (rows.length === 0) {
    throw new UserError(
      `${file}: ${firstDefect}, expected ${expected}; none of ${raw.length} rows can be used`,
    );
  }
  return { rows, report: { file, rows: raw.length, used: rows.length, leftOut } };
}

function isDefect(result: unknown): result is Defect {
  return typeof result === 'object' && result !== null && 'is' in result && 'field' in result;
}

/** The text in a field of a raw row, or what is the matter with it. */
export function textField(row: unknown, field: string): string | Defect {
  if (typeof row !== 'object' || row === null || Array.isArray(row)) return { field: '', is: 'is no object' };
  const value = (row as Readonly<Record<string, unknown>>)[field];
  if (value === undefined) return { field, is: 'is missing' };
  return typeof value === 'string' ? value : { field, is: `is no text but ${kindOf(value)}` };
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'an array' : `of type ${typeof value}`;
}
