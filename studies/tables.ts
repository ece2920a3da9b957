import { halfWidth } from '../src/comparison/statistics.js';
import { mean } from '../src/moments.js';

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
