import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { UserError, isSystemError, messageOf } from '../errors.js';
import { manifestFormat, type Manifest } from './manifest.js';
import { lockFile, lockFolder, refuseRunning, type RunLock } from './run-lock.js';

/** What a run writes into its folder. */
export const recordFiles = {
  manifest: 'manifest.json',
  metrics: 'metrics.jsonl',
  messages: 'messages.jsonl',
  inspection: 'inspection.jsonl',
  summary: 'summary.json',
  report: 'report.html',
  params: 'params',
  /** Its finished tasks, as long as it can be gone on with. */
  journal: 'journal',
  log: 'run.log',
  lock: lockFile,
} as const;

/**
 * Throws a UserError unless records may go into this folder: it is new, empty or of an earlier run, nobody's
 * run is writing there, and it can be written. Changes nothing.
 */
export function checkFolder(folder: string): void {
  asUserError(folder, () => {
    const stands = nearestExisting(resolve(folder));
    if (!statSync(stands).isDirectory()) {
      throw new UserError(`${folder}: ${stands} is a file, expected a folder; choose another with --out`);
    }
    accessSync(stands, constants.W_OK | constants.X_OK);
    if (stands !== resolve(folder)) return;
    refuseRunning(folder);
    refuseStrangers(folder);
  });
}

/**
 * Makes the folder of a run, locks it, and removes what an earlier run left there: all but its journal where the
 * new one goes on from it. Throws a UserError where {@link checkFolder} does.
 */
export function openFolder(folder: string, goesOn = false): RunLock {
  return asUserError(folder, () => {
    mkdirSync(folder, { recursive: true });
    refuseStrangers(folder);
    const lock = lockFolder(folder);
    const kept: string[] = [recordFiles.lock, ...(goesOn ? [recordFiles.journal] : [])];
    for (const name of Object.values(recordFiles).filter((each) => !kept.includes(each))) {
      for (const each of [name, `${name}.new`]) rmSync(join(folder, each), { recursive: true, force: true });
    }
    return lock;
  });
}

/** Of a run that is over. */
export function removeJournal(folder: string): void {
  rmSync(join(folder, recordFiles.journal), { recursive: true, force: true });
}

/** The manifest of the run that a folder holds; null where there is none. */
export function manifestIn(folder: string): Manifest | null {
  const path = join(folder, recordFiles.manifest);
  if (!existsSync(path)) return null;
  try {
    const manifest = JSON.parse(readFileSync(path, 'utf8')) as Manifest | null;
    return manifest?.format === manifestFormat ? manifest : null;
  } catch {
    return null;
  }
}

function nearestExisting(path: string): string {
  return existsSync(path) ? path : nearestExisting(dirname(path));
}

/** A run's folder is known by its first file, the lock, and by its manifest. */
function refuseStrangers(folder: string): void {
  const isRunFolder = existsSync(join(folder, lockFile)) || manifestIn(folder) !== null;
  if (isRunFolder || readdirSync(folder).length === 0) return;
  throw new UserError(
    `${folder}: is not empty and not the folder of an earlier run, expected an empty or a new folder; ` +
      'choose another with --out',
  );
}

/** What the system refuses (rights, a read-only or full disk) is the user's to mend. */
function asUserError<T>(folder: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new UserError(
      `${folder}: cannot be written (${messageOf(error)}), expected a folder that records can go into; ` +
        'choose another with --out',
    );
  }
}
