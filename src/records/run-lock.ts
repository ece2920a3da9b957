import { linkSync, renameSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../errors.js';
import { codeOf, created, isRunning, ownerOf, textAt, thisProcess } from './owner.js';

/** Stands in the folder of a run as long as the run goes on, and after one that was killed. */
export const lockFile = 'run.lock';

export interface RunLock {
  release(): void;
}

/**
 * Takes the lock of a folder that exists; that of a killed run is taken over. Throws a UserError while another
 * run holds it.
 */
export function lockFolder(folder: string): RunLock {
  const path = join(folder, lockFile);
  const own = JSON.stringify(thisProcess());
  while (!created(path, own)) {
    refuseRunning(folder);
    removeStale(path);
  }
  return {
    release: () => {
      if (textAt(path) === own) rmSync(path, { force: true });
    },
  };
}

/** Throws a UserError while a run goes on in this folder. */
export function refuseRunning(folder: string): void {
  const owner = ownerOf(textAt(join(folder, lockFile)));
  if (owner === null || !isRunning(owner)) return;
  const elsewhere = owner.host === hostname() ? '' : ` on ${owner.host}`;
  const unless = elsewhere === '' ? '' : `, or remove its ${lockFile} if that run is over`;
  throw new UserError(
    `${folder}: a run is writing here (process ${owner.pid}${elsewhere}), expected a folder of its own for ` +
      `each run; choose another with --out${unless}`,
  );
}

/** Of several that find a killed run's lock, one removes it; a lock taken meanwhile is put back. */
function removeStale(path: string): void {
  const aside = `${path}.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw error;
  }
  const owner = ownerOf(textAt(aside));
  if (owner !== null && isRunning(owner)) linkSync(aside, path);
  rmSync(aside);
}
