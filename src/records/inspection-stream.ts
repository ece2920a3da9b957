import { createReadStream, statSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { UserError } from '../errors.js';
import type { InspectionRow } from './inspection-rows.js';

/** A row of inspection.jsonl, and how much of the file lies behind it: a share of its bytes, 0 to 1. */
export interface StreamedRow {
  readonly row: InspectionRow;
  readonly share: number;
}

/**
 * The rows of an inspection.jsonl one by one, whatever its size. A last line that a killed run left unfinished is
 * passed over; a UserError where another one is no JSON.
 */
export async function* streamedInspection(path: string): AsyncGenerator<StreamedRow> {
  const bytes = Math.max(1, statSync(path).size);
  const lines = createInterface({
    input: createReadStream(path, { highWaterMark: 1 << 20 }),
    crlfDelay: Infinity,
  });
  let [read, number] = [0, 0];
  let broken: number | null = null;
  for await (const line of lines) {
    number += 1;
    read += Buffer.byteLength(line) + 1;
    if (broken !== null) {
      throw new UserError(`${path}:${broken}: is no JSON, expected a row of an inspection.jsonl`);
    }
    const row = parsed(line);
    if (row === null) broken = number;
    else yield { row, share: Math.min(1, read / bytes) };
  }
}

function parsed(line: string): InspectionRow | null {
  try {
    return JSON.parse(line) as InspectionRow;
  } catch {
    return null;
  }
}
