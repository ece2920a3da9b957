import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UserError, isSystemError } from '../errors.js';
import { writeWhole } from '../records/write-whole.js';
import { comparisonJson } from './compare-json.js';
import type { Comparison } from './compare.js';
import { csvOfTable, parquetOfTable } from './data-table.js';
import { tidyTable } from './tidy.js';

/**
 * Writes a comparison's files into a folder, new or not, and resolves to their paths. UserError where they cannot be
 * written.
 */
export async function writeComparison(folder: string, comparison: Comparison): Promise<readonly string[]> {
  const { runs, paths, figures } = comparison;
  const tidy = tidyTable(runs, paths, figures);
  const files: readonly (readonly [string, string | Uint8Array])[] = [
    ['runs.csv', csvOfTable(tidy)],
    ['runs.parquet', parquetOfTable(tidy)],
    ['compare.json', comparisonJson(comparison)],
  ];
  for (const [name, content] of files) writeInto(join(folder, name), content);
  return Promise.resolve(files.map(([name]) => join(folder, name)));
}

function writeInto(path: string, content: string | Uint8Array): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeWhole(path, content);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new UserError(
      `--out: ${path} cannot be written (${error.message}), expected a folder of yours with room`,
    );
  }
}
