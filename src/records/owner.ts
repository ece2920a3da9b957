import { readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';

/** The process that a lock or a claim belongs to. */
export interface Owner {
  readonly pid: number;
  /** When the process began, as the system counts it: its number may be given again. Null off Linux. */
  readonly started: string | null;
  readonly host: string;
}

export function thisProcess(): Owner {
  const { pid } = process;
  return { pid, started: startOf(pid), host: hostname() };
}

/** Whether the process is there; of another machine's nothing can be known, and it counts as there. */
export function isRunning({ pid, started, host }: Owner): boolean {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (codeOf(error) === 'ESRCH') return false;
  }
  return started === null || startOf(pid) === started;
}

/** Null where there is no text, or one that its process was killed while writing. */
export function ownerOf(text: string | null): Owner | null {
  try {
    return text === null ? null : (JSON.parse(text) as Owner);
  } catch {
    return null;
  }
}

/** The text of a file; null where there is none. */
export function textAt(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

/** Makes a file with this text; false where it is there already. Of several who try, one makes it. */
export function created(path: string, text: string): boolean {
  try {
    writeFileSync(path, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

export function codeOf(error: unknown): unknown {
  return (error as { code?: unknown }).code;
}

/** Field 22 of /proc/<pid>/stat: clock ticks from the system's start to the process's (proc(5)). */
function startOf(pid: number): string | null {
  const stat = textAt(`/proc/${pid}/stat`);
  // The second field is the command's name in brackets, and may hold any character.
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
}
