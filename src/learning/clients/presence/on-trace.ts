import { UserError } from '../../../errors.js';
import { clipped } from '../../../settings/problem.js';
import { mostBytes, readTextFile, traceLines } from '../../../text-file.js';

/** A time of a period in which a device is on: from its first second up to, and without, its last. */
export interface OnTime {
  readonly fromSeconds: number;
  readonly toSeconds: number;
}

/** When devices are on, in the order in which the file names them first; the times of each in their order. */
export type OnTrace = readonly (readonly OnTime[])[];

const columns = ['client', 'fromSeconds', 'toSeconds'] as const;

/**
 * Reads when devices are on from a CSV file: the header `client,fromSeconds,toSeconds`, then a row for each time
 * on. `client` is any name; the seconds are of a period of `periodSeconds`. Rows may stand in any order. A device
 * that is on over midnight has two rows.
 *
 * Throws a UserError of one line (file, line, what was found, what was expected) where the file cannot be read or
 * is not such a file, or where the times of a device overlap.
 */
export async function readOnTrace(path: string, periodSeconds: number): Promise<OnTrace> {
  return parseOnTrace(await readTextFile(path, 'a CSV file of times', mostBytes.trace), path, periodSeconds);
}

/** What `readOnTrace` makes of a file's text; `path` is for its errors. */
export function parseOnTrace(text: string, path: string, periodSeconds: number): OnTrace {
  const lines = traceLines(text, path)
    .map((line, index) => ({ place: `${path}:${index + 1}`, fields: line.split(',').map((f) => f.trim()) }))
    .filter(({ fields }) => fields.join('') !== '');
  const [header, ...rows] = lines;
  if (header?.fields.join() !== columns.join()) {
    const found = header === undefined ? `${path}: is empty` : `${header.place}: is ${quoted(header)}`;
    throw new UserError(`${found}, expected a header line "${columns.join()}"`);
  }
  const times = new Map<string, (OnTime & { readonly place: string })[]>();
  for (const row of rows) {
    const client = row.fields[0]!;
    times.set(client, [...(times.get(client) ?? []), timeOf(row, periodSeconds)]);
  }
  if (times.size === 0) throw new UserError(`${path}: has no rows, expected at least one below the header`);
  return [...times.values()].map(inOrder);
}

interface Line {
  /** `file:number`, for errors. */
  readonly place: string;
  readonly fields: readonly string[];
}

function timeOf(line: Line, periodSeconds: number): OnTime & { readonly place: string } {
  const { place, fields } = line;
  if (fields.length !== columns.length || fields[0] === '') {
    throw new UserError(`${place}: is ${quoted(line)}, expected a name and two numbers of seconds`);
  }
  const [fromSeconds, toSeconds] = [secondsOf(line, 1), secondsOf(line, 2)];
  if (!(fromSeconds < toSeconds)) {
    throw new UserError(
      `${place}: toSeconds is ${toSeconds}, expected more than fromSeconds, ${fromSeconds}; ` +
        'split a time over the end of the period into two rows',
    );
  }
  if (toSeconds > periodSeconds) {
    throw new UserError(
      `${place}: toSeconds is ${toSeconds}, expected at most periodSeconds, ${periodSeconds}`,
    );
  }
  return { place, fromSeconds, toSeconds };
}

/** A decimal number; what JavaScript would take besides (an empty field, 0x10) is refused. */
const decimal = /^(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

function secondsOf({ place, fields }: Line, column: 1 | 2): number {
  const field = fields[column]!;
  const seconds = decimal.test(field) ? Number(field) : NaN;
  if (Number.isFinite(seconds)) return seconds;
  throw new UserError(
    `${place}: ${columns[column]} is "${clipped(field)}", expected a number of seconds from 0`,
  );
}

/** Sorted, and those that touch made one. */
function inOrder(times: readonly (OnTime & { readonly place: string })[]): readonly OnTime[] {
  const sorted = [...times].sort((a, b) => a.fromSeconds - b.fromSeconds);
  const merged: OnTime[] = [];
  for (const { place, fromSeconds, toSeconds } of sorted) {
    const before = merged.at(-1);
    if (before && fromSeconds < before.toSeconds) {
      throw new UserError(
        `${place}: fromSeconds is ${fromSeconds}, expected times of one client that do not overlap; ` +
          `another one ends at ${before.toSeconds}`,
      );
    }
    if (before?.toSeconds === fromSeconds) merged[merged.length - 1] = { ...before, toSeconds };
    else merged.push({ fromSeconds, toSeconds });
  }
  return merged;
}

function quoted({ fields }: Line): string {
  return `"${clipped(fields.join())}"`;
}
