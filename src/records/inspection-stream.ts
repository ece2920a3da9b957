import { statSync } from 'node:fs';
import { UserError } from '../errors.js';
import { streamedLines } from '../text-lines.js';
import { isInspectionRow } from './inspection-form.js';
import type { InspectionRow } from './inspection-rows.js';
import { parsedLine } from './json-lines.js';

/** A row of inspection.jsonl, and how much of the file lies behind it: a share of its bytes, 0 to 1. */
export interface StreamedRow {
  readonly row: InspectionRow;
  readonly share: number;
}

/**
 * The rows of an inspection.jsonl one by one, whatever its size. A last line that a killed run left unfinished is
 * passed over; a UserError where another one is no JSON, of another form, or of an actor without a row of its own.
 */
export async function* streamedInspection(path: string): AsyncGenerator<StreamedRow> {
  const bytes = Math.max(1, statSync(path).size);
  const actors = new Set<string>();
  let [read, number] = [0, 0];
  for await (const lines of streamedLines(path, 'a record of a run')) {
    for (const line of lines) {
      number += 1;
      read += Buffer.byteLength(line) + 1;
      const row = parsedLine<unknown>(line, path, number);
      if (!isInspectionRow(row)) refuse(path, number, 'is no row of an inspection.jsonl');
      if (row.type === 'actor') actors.add(row.actor);
      else if (!actors.has(row.actor)) refuse(path, number, 'is of an actor that no row before it has');
      yield { row, share: Math.min(1, read / bytes) };
    }
  }
}

function refuse(path: string, number: number, is: string): never {
  throw new UserError(`${path}:${number}: ${is}, expected a row as pwff writes it; run the scenario again`);
}
