import { UserError } from '../../../errors.js';
import { mostBytes, readTextFile, traceLines } from '../../../text-file.js';
import { ratioOfDecibels } from '../rate.js';
import type { GainTrace } from './trace.js';

/**
 * What was measured of a link, or computed by another simulator, over time. Nothing is normalised.
 *
 * gain: power gains; 1 is the link's mean SNR of the scenario. snr: the ratio of signal to noise itself.
 * rate: bits per second that the whole band of the link carried.
 */
export interface Recording {
  readonly states: 'gain' | 'snr' | 'rate';
  /** Ratios, or bits per second, in the place of gains. */
  readonly trace: GainTrace;
}

/**
 * Reads a recording from a CSV file: a header that names the columns `seconds` and one of `gain` (a ratio),
 * `gainDb`, `snrDb` and `rateBps`, in any order and among others, then a row for each value, the seconds
 * strictly increasing from any start. Blank lines and a byte-order mark are passed over.
 *
 * Throws a UserError of one line (file, line, what was found, what was expected) where the file cannot be
 * read or is not such a file, where it has fewer than 2 rows, or where its values are negative, beyond what a
 * link can have, or all 0.
 */
export async function readRecording(path: string): Promise<Recording> {
  return parseRecording(await readTextFile(path, 'a CSV file of gains', mostBytes.trace), path);
}

/** What `readRecording` makes of a file's text; `path` is for its errors. */
export function parseRecording(text: string, path: string): Recording {
  const [header, ...lines] = linesOf(text, path);
  if (header === undefined) throw new UserError(`${path}: is empty, expected ${expectedHeader}`);
  const columns = columnsOf(header);
  const rows = lines.map((line) => rowOf(line, columns));
  checkOrder(lines, rows);
  if (rows.length < 2) {
    throw new UserError(`${path}: has ${rows.length} rows of gains, expected at least 2 below the header`);
  }
  if (rows.every(({ gain }) => gain === 0)) {
    throw new UserError(`${path}: every ${columns.value.name} is 0, expected a link that carries something`);
  }
  return { states: columns.value.states, trace: traceOf(rows, path) };
}

const expectedHeader =
  'a header line "seconds,gain" (a ratio), or "seconds" with "gainDb", "snrDb" or "rateBps"';

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
  return traceLines(text, path)
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

/** A column that a value can stand in. */
interface ValueColumn {
  readonly name: string;
  readonly states: Recording['states'];
  readonly of: (written: number) => number;
  /** The greatest value of this world; beyond it numbers run over where they are multiplied. */
  readonly most: number;
  readonly what: string;
}

/** 200 dB. */
const mostRatio = 1e20;

const ratio = `from 0 to ${mostRatio}, 200 dB`;

const valueColumns: readonly ValueColumn[] = [
  {
    name: 'gain',
    states: 'gain',
    of: (gain) => gain,
    most: mostRatio,
    what: `a power gain ${ratio}; a gain in decibels belongs in a column gainDb`,
  },
  { name: 'gainDb', states: 'gain', of: ratioOfDecibels, most: mostRatio, what: 'at most 200 dB' },
  { name: 'snrDb', states: 'snr', of: ratioOfDecibels, most: mostRatio, what: 'at most 200 dB' },
  { name: 'rateBps', states: 'rate', of: (bps) => bps, most: 1e15, what: 'from 0 to 1e15 bits per second' },
];

const meaningful = ['seconds', ...valueColumns.map(({ name }) => name)];

interface Columns {
  readonly count: number;
  readonly secondsAt: number;
  readonly valueAt: number;
  readonly value: ValueColumn;
}

function columnsOf({ place, fields }: Line): Columns {
  const value = valueColumns.find(({ name }) => fields.includes(name));
  if (!fields.includes('seconds') || value === undefined) {
    throw new UserError(`${place}: is "${shown(fields.join(','))}", expected ${expectedHeader}`);
  }
  if (fields.filter((field) => meaningful.includes(field)).length !== 2) {
    throw new UserError(
      `${place}: is "${shown(fields.join(','))}", expected one column of seconds and one of values; ` +
        'take the others out',
    );
  }
  const [secondsAt, valueAt] = [fields.indexOf('seconds'), fields.indexOf(value.name)];
  return { count: fields.length, secondsAt, valueAt, value };
}

function rowOf({ place, fields }: Line, columns: Columns): Row {
  if (fields.length !== columns.count) {
    throw new UserError(
      `${place}: has ${fields.length} fields, expected ${columns.count} as in the header; ` +
        'write numbers with a decimal point, and separate them by commas',
    );
  }
  const { name, of, most, what } = columns.value;
  const written = fields[columns.valueAt]!;
  const seconds = numberOf(fields[columns.secondsAt]!, place, 'seconds');
  const gain = of(numberOf(written, place, name));
  if (!(gain >= 0 && gain <= most)) throw new UserError(`${place}: ${name} is ${written}, expected ${what}`);
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
