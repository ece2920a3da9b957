import { readRun } from '../records/read.js';
import { compared } from '../records/run-difference.js';
import { differenceText } from './difference-text.js';
import { exit, type ExitCode } from './exit.js';
import { line, type Terminal } from './terminal.js';

export interface DiffCommandOptions {
  readonly json: boolean;
}

/** `pwff diff`: where two runs part, with exit code 1; 0 where they are one run. */
export async function diffCommand(
  folders: readonly [string, string],
  { json }: DiffCommandOptions,
  { out }: Terminal,
): Promise<ExitCode> {
  const [a, b] = [await readRun(folders[0]), await readRun(folders[1])];
  const { difference, equalRows } = compared(a, b);
  if (json) line(out, JSON.stringify({ equal: difference === null, equalRows, difference }, null, 2));
  else if (difference === null) line(out, `Equal: ${equalRows} rows.`);
  else line(out, differenceText(difference, folders, [a, b]));
  return difference === null ? exit.ok : exit.failed;
}
