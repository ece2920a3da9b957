import { UserError } from '../../../errors.js';
import { readTextFile } from '../../../text-file.js';
import { stream } from '../../../simulation/random/stream.js';
import { checkBlock, type GainPath } from '../gain-paths/gain-path.js';
import { ratioOfDecibels } from '../rate.js';

/**
 * A recorded power gain over time. A gain holds from its row's time until the next row's, the last one for as
 * long as the one before it; then the trace begins anew, for ever. Gains are not normalised: a trace carries
 * its own mean, and the scenario's `meanSnrDb` is the SNR at gain 1.
 */
export interface GainTrace {
  /** When each gain begins, in seconds after the first row: from 0, strictly increasing. */
  readonly startSeconds: Float64Array;
  /** Ratios, at least 0 and not all 0; as many as `startSeconds`. */
  readonly gains: Float64Array;
  /** Time after which the trace begins anew, above the last start. */
  readonly periodSeconds: number;
}

/** Power gain at a time, a ratio. Any finite time will do: the trace has no beginning and no end. */
export function gainAt({ startSeconds, gains, periodSeconds }: GainTrace, seconds: number): number {
  const past = seconds % periodSeconds;
  const phase = past < 0 ? past + periodSeconds : past;
  let low = 0;
  let high = startSeconds.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (startSeconds[middle]! <= phase) low = middle;
    else high = middle - 1;
  }
  return gains[low]!;
}

/**
 * The trace as one link sees it: block k has the gain at its beginning, k `coherenceSeconds` after a place in
 * the trace that is drawn for the link, uniform over the period. RangeError unless the block is an integer
 * from 0. Rows shorter than a block are sampled, not averaged.
 */
export function tracePath(
  trace: GainTrace,
  { coherenceSeconds }: { readonly coherenceSeconds: number },
  seed: number,
  link: string,
): GainPath {
  const offsetSeconds = trace.periodSeconds * stream(seed, 'trace', link).uniform();
  return {
    gainAt(block) {
      checkBlock(block);
      return gainAt(trace, offsetSeconds + block * coherenceSeconds);
    },
  };
}

/** More samples than these say no more about a law. */
const enoughSamples = 100_000;

/**
 * Gains at evenly spaced times over one period, no further apart than a block: each value is as frequent
 * among them as it is over time, so they are a sample of the gain of a block that begins anywhere. Exact
 * where the rows are evenly spaced, else to one sample per row; at least one sample per row in the mean, and
 * some 100,000 of them at most unless there are more rows.
 */
export function traceGains(trace: GainTrace, coherenceSeconds: number): number[] {
  const rows = trace.gains.length;
  const finestSeconds = Math.min(coherenceSeconds, shortestRowSeconds(trace));
  const wanted = Math.ceil(trace.periodSeconds / finestSeconds / rows);
  const perRow = Math.max(1, Math.min(wanted, Math.floor(enoughSamples / rows)));
  const spacingSeconds = trace.periodSeconds / (rows * perRow);
  return Array.from({ length: rows * perRow }, (_, i) => gainAt(trace, (i + 0.5) * spacingSeconds));
}

function shortestRowSeconds({ startSeconds, periodSeconds }: GainTrace): number {
  return startSeconds.reduce(
    (shortest, start, row) => Math.min(shortest, (startSeconds[row + 1] ?? periodSeconds) - start),
    Infinity,
  );
}

/**
 * Reads a trace from a CSV file: a header that names the columns `seconds` and either `gain` (a ratio) or
 * `gainDb`, in any order and among others, then a row for each gain, the seconds strictly increasing from any
 * start. Blank lines and a byte-order mark are passed over.
 *
 * Throws a UserError of one line (file, line, what was found, what was expected) where the file cannot be
 * read or is not such a file, where it has fewer than 2 rows, or where its gains are negative, not finite or
 * all 0.
 */
export async function readTrace(path: string): Promise<GainTrace> {
  return parseTrace(await readTextFile(path, 'a CSV file of gains'), path);
}

/** What `readTrace` makes of a file's text; `path` is for its errors. */
export function parseTrace(text: string, path: string): GainTrace {
  const [header, ...lines] = linesOf(text, path);
  if (header === undefined) throw new UserError(`${path}: is empty, expected ${expectedHeader}`);
  const columns = columnsOf(header);
  const rows = lines.map((line) => rowOf(line, columns));
  checkOrder(lines, rows);
  if (rows.length < 2) {
    throw new UserError(`${path}: has ${rows.length} rows of gains, expected at least 2 below the header`);
  }
  if (rows.every(({ gain }) => gain === 0)) {
    throw new UserError(`${path}: every gain is 0, expected a link that carries something`);
  }
  return traceOf(rows, path);
}

const expectedHeader = 'a header line "seconds,gain" (a ratio) or "seconds,gainDb"';

interface Line {
  /** `file:number`, for errors. */
  readonly place: string;
  readonly fields: readonly string[];
}

interface Row {
  readonly seconds: number;
  readonly gain: number;
}

/** The lines that are not blank, cut at their commas. */
function linesOf(text: string, path: string): Line[] {
  return text
    .split(/\r\n|\n|\r/)
    .map((line, index) => ({ line, place: `${path}:${index + 1}` }))
    .filter(({ line }) => line.trim() !== '')
    .map(({ line, place }) => {
      if (line.includes('"')) {
        throw new UserError(
          `${place}: has a quoted field, expected plain numbers; remove the quotation marks`,
        );
      }
      return { place, fields: line.split(',').map((field) => field.trim()) };
    });
}

interface Columns {
  readonly count: number;
  readonly seconds: number;
  readonly gain: number;
  /** "gain" or "gainDb". */
  readonly gainName: string;
  readonly ratioOf: (gain: number) => number;
}

const gainColumns: readonly Pick<Columns, 'gainName' | 'ratioOf'>[] = [
  { gainName: 'gain', ratioOf: (gain) => gain },
  { gainName: 'gainDb', ratioOf: ratioOfDecibels },
];

const meaningful = ['seconds', ...gainColumns.map(({ gainName }) => gainName)];

function columnsOf({ place, fields }: Line): Columns {
  const column = gainColumns.find(({ gainName }) => fields.includes(gainName));
  if (!fields.includes('seconds') || column === undefined) {
    throw new UserError(`${place}: is "${shown(fields.join(','))}", expected ${expectedHeader}`);
  }
  if (fields.filter((field) => meaningful.includes(field)).length !== 2) {
    throw new UserError(
      `${place}: is "${shown(fields.join(','))}", expected one column of seconds and one of gains; ` +
        'take the others out',
    );
  }
  const [seconds, gain] = [fields.indexOf('seconds'), fields.indexOf(column.gainName)];
  return { ...column, count: fields.length, seconds, gain };
}

function rowOf({ place, fields }: Line, columns: Columns): Row {
  if (fields.length !== columns.count) {
    throw new UserError(
      `${place}: has ${fields.length} fields, expected ${columns.count} as in the header; ` +
        'write numbers with a decimal point, and separate them by commas',
    );
  }
  const seconds = numberOf(fields[columns.seconds]!, place, 'seconds');
  const gain = columns.ratioOf(numberOf(fields[columns.gain]!, place, columns.gainName));
  if (!(gain >= 0 && gain < Infinity)) {
    throw new UserError(
      `${place}: ${columns.gainName} is ${fields[columns.gain]}, expected a finite power gain of ` +
        'at least 0; a gain in decibels belongs in a column gainDb',
    );
  }
  return { seconds, gain };
}

/** A decimal number; what JavaScript would take besides (an empty field, 0x10) is refused. */
const decimal = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

function numberOf(field: string, place: string, name: string): number {
  const number = decimal.test(field) ? Number(field) : NaN;
  if (Number.isFinite(number)) return number;
  throw new UserError(
    `${place}: ${name} is "${shown(field)}", expected a finite number; mend the row or take it out`,
  );
}

function checkOrder(lines: readonly Line[], rows: readonly Row[]): void {
  for (let row = 1; row < rows.length; row++) {
    const [before, { seconds }] = [rows[row - 1]!.seconds, rows[row]!];
    if (seconds > before) continue;
    throw new UserError(
      `${lines[row]!.place}: seconds is ${seconds} after ${before}, expected more; ` +
        'sort the rows by time, one row a time',
    );
  }
}

function traceOf(rows: readonly Row[], path: string): GainTrace {
  const first = rows[0]!.seconds;
  const startSeconds = Float64Array.from(rows, ({ seconds }) => seconds - first);
  const [last, lastButOne] = [startSeconds.at(-1)!, startSeconds.at(-2)!];
  const periodSeconds = last + (last - lastButOne);
  // Distinct times may fall together, or overflow, once the first is subtracted.
  const merged = startSeconds.some((start, row) => row > 0 && start === startSeconds[row - 1]);
  if (merged || !(periodSeconds < Infinity)) {
    throw new UserError(`${path}: seconds reach too far to be told apart, expected a shorter span of time`);
  }
  return { startSeconds, gains: Float64Array.from(rows, ({ gain }) => gain), periodSeconds };
}

function shown(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
