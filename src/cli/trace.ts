import { readRun } from '../records/read.js';
import { matchesTrace, traceLine, traceOf } from '../records/trace.js';
import { parseTraceQuery, traceKeys } from '../records/trace-query.js';
import { line, type Terminal } from './terminal.js';

export type TraceCommandOptions = Readonly<Partial<Record<(typeof traceKeys)[number], string>>>;

/** `pwff trace`: prints what happened in a run, as far as it is asked for, in the order of time. */
export async function traceCommand(
  folder: string,
  words: readonly string[],
  options: TraceCommandOptions,
  { out, err }: Terminal,
): Promise<void> {
  const named = traceKeys.flatMap((key) => (options[key] === undefined ? [] : `${key}:${options[key]}`));
  const text = [...named, ...words].join(' ');
  const query = parseTraceQuery(text);
  const { metrics, messages } = await readRun(folder);
  const story = traceOf(metrics, messages).filter((entry) => matchesTrace(entry, query));
  for (const entry of story) line(out, traceLine(entry));
  if (story.length === 0) line(err, `pwff: nothing in ${folder} matches ${text || 'the query'}`);
}
