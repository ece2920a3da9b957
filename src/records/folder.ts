import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { UserError, messageOf } from '../errors.js';
import { manifestFormat, type Manifest } from './manifest.js';

/** What a run writes into its folder. */
export const recordFiles = {
  manifest: 'manifest.json',
  metrics: 'metrics.jsonl',
  messages: 'messages.jsonl',
  summary: 'summary.json',
  report: 'report.html',
  params: 'params',
  log: 'run.log',
} as const;

/**
 * Makes a folder that records may go into, if there is none; removes nothing. Throws a UserError if it cannot
 * be made, or holds anything that is not known to be a run's: the folder of an earlier run is known by its
 * manifest.json.
 */
export function claimFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new UserError(`${folder}: cannot be made (${messageOf(error)}), expected a folder for the records`);
  }
  const present = readdirSync(folder).filter((name) => name !== recordFiles.log);
  if (present.length > 0 && !isRunFolder(folder)) {
    throw new UserError(
      `${folder}: is not empty and not the folder of an earlier run, expected an empty or a new folder; ` +
        'choose another with --out',
    );
  }
}

/**
 * {@link claimFolder}, and removes what an earlier run left there (but run.log, which belongs to the
 * command).
 */
export function clearFolder(folder: string): void {
  claimFolder(folder);
  const { manifest, log: _, ...others } = recordFiles;
  // The manifest goes last: as long as any record is left, the folder can be told for a run's.
  for (const name of [...Object.values(others), manifest]) {
    rmSync(join(folder, name), { recursive: true, force: true });
  }
}

/** Whether a folder holds the records of a run. */
function isRunFolder(folder: string): boolean {
  const path = join(folder, recordFiles.manifest);
  if (!existsSync(path)) return false;
  try {
    return (JSON.parse(readFileSync(path, 'utf8')) as Partial<Manifest> | null)?.format === manifestFormat;
  } catch {
    return false;
  }
}
