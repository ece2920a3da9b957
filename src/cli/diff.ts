import { readRun } from '../records/read.js';
import { comparedInspection, recordedInspection } from '../records/inspection-difference.js';
import { compared, earliest } from '../records/run-difference.js';
import { differenceText, equalText } from './difference-text.js';
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
  const rows = compared(a, b);
  const inspected = [a, b].map(({ manifest }, run) => recordedInspection(folders[run]!, manifest));
  const isInspected = inspected[0] === inspected[1] && inspected[0] !== 'none';
  const events = isInspected ? await comparedInspection(side(folders[0]), side(folders[1])) : null;
  const difference = earliest(rows.difference, events?.difference ?? null);
  const [equalRows, equalEvents] = [rows.equalRows, events?.equalRows ?? null];
  if (json)
    line(out, JSON.stringify({ equal: difference === null, equalRows, equalEvents, difference }, null, 2));
  else if (difference === null) line(out, `Equal: ${equalText(equalRows, equalEvents)}`);
  else line(out, differenceText(difference, folders, [a, b]));
  return difference === null ? exit.ok : exit.failed;
}

const side = (folder: string) => ({ folder, whole: true });
