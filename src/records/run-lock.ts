import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../errors.js';

/** Stands in the folder of a run as long as the run goes on, and after one that was killed. */
export const lockFile = 'run.lock';

/** The process that a lock belongs to. */
interface Owner {
  readonly pid: number;
  /** When the process began, as the system counts it: its number may be given again. Null off Linux. */
  readonly started: string | null;
  readonly host: string;
}

export interface RunLock {
  release(): void;
}

/**
 * Takes the lock of a folder that exists; that of a killed run is taken over. Throws a UserError while another
 * run holds it.
 */
export function lockFolder(folder: string): RunLock {
  const path = join(folder, lockFile);
  const { pid } = process;
  const own = JSON.stringify({ pid, started: startOf(pid), host: hostname() } satisfies Owner);
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

/** Whether the lock's process is there; of another machine's nothing can be known, and it counts as there. */
function isRunning({ pid, started, host }: Owner): boolean {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (codeOf(error) === 'ESRCH') return false;
  }
  return started === null || startOf(pid) === started;
}

/** Field 22 of /proc/<pid>/stat: clock ticks from the system's start to the process's (proc(5)). */
function startOf(pid: number): string | null {
  const stat = textAt(`/proc/${pid}/stat`);
  // The second field is the command's name in brackets, and may hold any character.
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
}

function created(path: string, text: string): boolean {
  try {
    writeFileSync(path, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
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

/** Null where there is no lock, or one that its process was killed while writing. */
function ownerOf(text: string | null): Owner | null {
  try {
    return text === null ? null : (JSON.parse(text) as Owner);
  } catch {
    return null;
  }
}

function textAt(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

function codeOf(error: unknown): unknown {
  return (error as { code?: unknown }).code;
}
