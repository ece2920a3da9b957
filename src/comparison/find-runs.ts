import { existsSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { escapePath, glob, isDynamicPattern } from 'tinyglobby';
import { UserError } from '../errors.js';
import { recordFiles } from '../records/folder.js';

/** What says that a folder is a run's; a run that was killed early, or damaged, may have only some of them. */
const marks = [recordFiles.manifest, recordFiles.metrics, recordFiles.lock];

/**
 * The folders of runs that some paths lead to, each once, in the order of their names: a run's folder, any folder
 * above runs, or a glob of such folders. They are relative to the current folder, with "/" between their parts.
 * UserError that names a path which leads to none.
 */
export async function findRuns(paths: readonly string[]): Promise<readonly string[]> {
  const found = await Promise.all(paths.map(runsAt));
  return [...new Set(found.flat())].sort(byNumbersToo);
}

/** "run-2" before "run-10". */
const byNumbersToo = new Intl.Collator('en', { numeric: true }).compare;

async function runsAt(path: string): Promise<readonly string[]> {
  const slashed = path.replaceAll('\\', '/').replace(/\/+$/, '') || path;
  if (!existsSync(path) && !isDynamicPattern(slashed)) {
    throw new UserError(`${path}: is not there, expected the folder of a run, one above runs, or a glob`);
  }
  if (existsSync(path) && !statSync(path).isDirectory()) {
    throw new UserError(`${path}: is a file, expected the folder of a run, one above runs, or a glob`);
  }
  const base = existsSync(path) ? escapePath(slashed) : slashed;
  const files = await glob(
    marks.map((mark) => `${base}/**/${mark}`),
    { ignore: ['**/node_modules/**'], dot: true },
  );
  if (files.length === 0) {
    throw new UserError(
      `${path}: has no run in it, expected ${recordFiles.manifest} there or in a folder below, as pwff run leaves it`,
    );
  }
  return files.map((file) => nameOf(dirname(file)));
}

function nameOf(folder: string): string {
  const short = relative('', folder) || '.';
  return short.replaceAll('\\', '/');
}

/** A record's file of a run by the run's name. */
export const fileOf = (run: string, file: keyof typeof recordFiles) => join(run, recordFiles[file]);
