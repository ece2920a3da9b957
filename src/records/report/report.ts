import { join } from 'node:path';
import { UserError, messageOf } from '../../errors.js';
import { recordFiles } from '../folder.js';
import { ofRecords, readRunTo } from '../read.js';
import { writeWhole } from '../write-whole.js';
import { enteredStates } from './machines.js';
import { pageOf } from './page.js';
import { ReportRows } from './report-rows.js';

/**
 * Writes report.html beside the records of a run and resolves to its path. The page follows from the records
 * alone, so that it can be written again at any time. Throws a UserError that names a record which is
 * missing, or says why the page cannot be written.
 */
export async function writeReport(folder: string): Promise<string> {
  const path = join(folder, recordFiles.report);
  const text = await reportOf(folder);
  try {
    writeWhole(path, text);
  } catch (error) {
    throw new UserError(
      `${path}: cannot be written (${messageOf(error)}), expected a folder of yours with room; copy the ` +
        'folder to one, and build the report there',
    );
  }
  return path;
}

/** The page of a run's records. Throws a UserError that names a record which is missing. */
export async function reportOf(folder: string): Promise<string> {
  return ofRecords(folder, async () => {
    const rows = new ReportRows();
    const documents = await readRunTo(folder, rows);
    return pageOf({ ...documents, rows }, await enteredStates(folder));
  });
}
