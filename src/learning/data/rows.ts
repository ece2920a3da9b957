import { UserError } from '../../errors.js';
import { isDefect, type Defect } from './defect.js';
import { expectedOf, readByLayout, type Layout } from './layouts.js';
import { isEmptyInput } from './placeholder.js';
import { readRawRows } from './raw-rows.js';
import type { LoadReport } from './types.js';

export interface Loaded<T> {
  readonly rows: readonly T[];
  readonly report: LoadReport;
}

/**
 * Reads a file's rows one by one. A defect leaves its row out and is counted by its reason; an input that
 * only says that there is none becomes empty and is counted.
 *
 * @throws UserError, naming file, row and field, where not a single row can be used. Rows are numbered from 1.
 */
export async function loadRows<T extends { readonly input: string }>(
  file: string,
  layouts: readonly Layout<T>[],
): Promise<Loaded<T>> {
  const expected = expectedOf(layouts);
  const raw = await readRawRows(file, expected);
  const rows: T[] = [];
  const leftOut: Record<string, number> = {};
  let firstDefect: string | null = null;
  let emptyInputs = 0;
  raw.forEach((each, index) => {
    const row = readByLayout(layouts, each);
    if (isDefect(row)) {
      const reason = `${row.field} ${row.is}`.trim();
      leftOut[reason] = (leftOut[reason] ?? 0) + 1;
      firstDefect ??= `row ${index + 1}: ${defectText(row)}`;
    } else if (isEmptyInput(row.input)) {
      emptyInputs += 1;
      rows.push({ ...row, input: '' });
    } else {
      rows.push(row);
    }
  });
  if (rows.length === 0) {
    throw new UserError(
      `${file}: ${firstDefect}, expected ${expected}; none of ${raw.length} rows can be used`,
    );
  }
  return { rows, report: { file, rows: raw.length, used: rows.length, leftOut, emptyInputs } };
}

function defectText({ field, is, detail }: Defect): string {
  return `${field === '' ? '' : `/${field}: `}${is}${detail === undefined ? '' : ` (${detail})`}`;
}
