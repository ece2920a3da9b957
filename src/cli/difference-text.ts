import type { RunDifference, TracedRows } from '../records/run-difference.js';
import { traceLine, traceOf, type TraceEntry } from '../records/trace.js';

/** Lines of a story that are shown before a difference, and behind it. */
const shown = { before: 5, behind: 5 } as const;

/** Where two runs part, for a reader: the figure, and what happened around it in each. */
export function differenceText(
  difference: RunDifference,
  names: readonly [string, string],
  runs: readonly [TracedRows, TracedRows],
): string {
  const { file, row, pointer, a, b, virtualSeconds } = difference;
  const where = `${file}, row ${row}${pointer === '' ? '' : `, ${pointer}`}${whoOf(difference)}, at ${virtualSeconds} s`;
  const stories = runs.map(({ metrics, messages }) => around(traceOf(metrics, messages), virtualSeconds));
  return [
    `The first difference is in ${where}:`,
    ...[a, b].map((value, run) => `  ${names[run]}: ${valueText(value)}`),
    ...names.flatMap((name, run) => [
      '',
      `Around it in ${name}:`,
      ...stories[run]!.map((line) => `  ${line}`),
    ]),
  ].join('\n');
}

/** How much of two runs is equal; `events` null where what their actors did was not compared. */
export function equalText(rows: number, events: number | null): string {
  return events === null ? `${rows} rows.` : `${rows} rows, ${events} events of actors.`;
}

/** Whose event it was. */
function whoOf({ rowOfA, rowOfB }: RunDifference): string {
  const row = rowOfA ?? rowOfB;
  return row !== null && 'type' in row && row.type === 'event' ? ` (${row.actor}, ${row.event})` : '';
}

function around(story: readonly TraceEntry[], virtualSeconds: number): string[] {
  const at = story.findIndex((entry) => entry.virtualSeconds >= virtualSeconds);
  const middle = at < 0 ? story.length : at;
  return story.slice(Math.max(0, middle - shown.before), middle + shown.behind).map(traceLine);
}

/** Objects whole, as a row that only one of the runs has. */
function valueText(value: unknown): string {
  return value === undefined || value === null ? 'nothing' : JSON.stringify(value);
}
