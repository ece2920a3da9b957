import { mean, variance } from '../src/moments.js';

/*
 * Tables of Markdown, whose cells are a figure over several seeds.
 */

/** A figure of a table: `of` is null where a run has none, as of a target that it never reached. */
export interface Column<Run> {
  readonly head: string;
  readonly digits: number;
  readonly of: (run: Run) => number | null;
}

export function tableRow(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |\n`;
}

export function tableHead(heads: readonly string[]): string {
  return `${tableRow(heads)}|${'---|'.repeat(heads.length)}\n`;
}

/** Mean over the seeds, with the least and the greatest; where a seed has none all of them, a dash for that seed. */
export function spread(values: readonly (number | null)[], digits: number): string {
  const known = values.filter((value) => value !== null);
  if (known.length < values.length) return each(values, digits);
  const [least, greatest] = [Math.min(...known).toFixed(digits), Math.max(...known).toFixed(digits)];
  return least === greatest ? least : `${mean(known).toFixed(digits)} (${least}–${greatest})`;
}

function each(values: readonly (number | null)[], digits: number): string {
  return values.map((value) => value?.toFixed(digits) ?? '–').join(', ');
}

/** Student's t, two-sided 95 %, by degrees of freedom from 1; the quantile 0.975 of standard tables. */
const student = [
  ...[12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228],
  ...[2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11, 2.101, 2.093, 2.086],
  ...[2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042],
];

/** Half the width of the 95 % interval of a mean; null of a single value. RangeError of more than 31. */
export function halfWidth(values: readonly number[]): number | null {
  if (values.length < 2) return null;
  const t = student[values.length - 2];
  if (t === undefined) throw new RangeError(`interval of ${values.length} values, expected at most 31`);
  return t * Math.sqrt(variance(values, 1) / values.length);
}

/** Mean and 95 % interval over the seeds; where a seed has none all of them, a dash for that seed. */
export function interval(values: readonly (number | null)[], digits: number): string {
  const known = values.filter((value) => value !== null);
  if (known.length < values.length) return each(values, digits);
  const half = halfWidth(known);
  const center = mean(known).toFixed(digits);
  return half === null ? center : `${center} ± ${half.toFixed(digits)}`;
}

/** The same of differences, with a sign; in bold type where the interval leaves 0 out. */
export function difference(values: readonly (number | null)[], digits: number): string {
  const known = values.filter((value) => value !== null);
  const text =
    known.length > 0 && mean(known) > 0 ? `+${interval(values, digits)}` : interval(values, digits);
  if (known.length < values.length) return each(values, digits);
  const half = halfWidth(known);
  return half !== null && Math.abs(mean(known)) > half ? `**${text}**` : text;
}
