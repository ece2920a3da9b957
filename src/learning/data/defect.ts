import type { Json } from '../json-file.js';

/** Why a row cannot be used: the field it is about ('' for the whole row), and what is the matter with it. */
export interface Defect {
  readonly field: string;
  readonly is: string;
  /** What is true of this row alone, for the message of a file without any usable row. */
  readonly detail?: string;
}

export function isDefect(result: unknown): result is Defect {
  return typeof result === 'object' && result !== null && 'is' in result && 'field' in result;
}

/** The text in a field of a row, or what is the matter with it. */
export function textField(row: Json, field: string): string | Defect {
  const value = row[field];
  if (value === undefined) return { field, is: 'is missing' };
  return typeof value === 'string' ? value : { field, is: `is no text but ${kindOf(value)}` };
}

/** The same where nothing, which null is too, stands for an empty text. */
export function optionalText(row: Json, field: string): string | Defect {
  return row[field] === undefined || row[field] === null ? '' : textField(row, field);
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'an array' : `of type ${typeof value}`;
}
