import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { recordFiles } from '../folder.js';
import { readRun } from '../read.js';
import { page } from './page.js';

/**
 * Writes report.html beside the records of a run and resolves to its path. The page follows from the records
 * alone, so that it can be written again at any time. Throws a UserError that names a record which is
 * missing.
 */
export async function writeReport(folder: string): Promise<string> {
  const path = join(folder, recordFiles.report);
  await writeFile(path, await page(await readRun(folder)));
  return path;
}
