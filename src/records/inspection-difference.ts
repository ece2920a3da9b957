import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { firstDifference } from './difference.js';
import { recordFiles } from './folder.js';
import type { InspectionChoice } from './inspection-choice.js';
import type { InspectionRow } from './inspection-rows.js';
import { streamedInspection } from './inspection-stream.js';
import type { Manifest } from './manifest.js';
import type { RunDifference } from './run-difference.js';

/** A record of actors, and whether it goes to the end of its run: of another nothing is known behind its last row. */
export interface InspectionSide {
  readonly folder: string;
  readonly whole: boolean;
}

/** What the actors of two runs have done, side by side, and how many rows were found equal. */
export interface ComparedInspection {
  readonly difference: RunDifference | null;
  readonly equalRows: number;
}

/** Reads both together, row by row, up to the first that differs. UserError where one is no such record. */
export async function comparedInspection(a: InspectionSide, b: InspectionSide): Promise<ComparedInspection> {
  const [ofA, ofB] = [a, b].map(({ folder }) => streamedInspection(join(folder, recordFiles.inspection))) as [
    Streamed,
    Streamed,
  ];
  try {
    for (let equalRows = 0; ; equalRows++) {
      const [rowOfA, rowOfB] = [await next(ofA), await next(ofB)];
      const isOver = (rowOfA === null && !a.whole) || (rowOfB === null && !b.whole);
      if (isOver || (rowOfA === null && rowOfB === null)) return { difference: null, equalRows };
      const found = firstDifference(rowOfA, rowOfB);
      if (found === null) continue;
      const { virtualSeconds } = (rowOfB ?? rowOfA)!;
      const place = { file: recordFiles.inspection, row: equalRows + 1 };
      return { difference: { ...found, ...place, rowOfA, rowOfB, virtualSeconds }, equalRows };
    }
  } finally {
    await ofA.return(undefined);
    await ofB.return(undefined);
  }
}

/** Which actors the record in a run's folder tells of; "none" where there is no such file. */
export function recordedInspection(folder: string, { inspection = 'none' }: Manifest): InspectionChoice {
  return existsSync(join(folder, recordFiles.inspection)) ? inspection : 'none';
}

type Streamed = ReturnType<typeof streamedInspection>;

async function next(rows: Streamed): Promise<InspectionRow | null> {
  const step = await rows.next();
  return step.done === true ? null : step.value.row;
}
