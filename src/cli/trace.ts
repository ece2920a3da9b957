import { readRun } from '../records/read.js';
import { matchesTrace, traceLine, traceOf } from '../records/trace.js';
import { requireKnown } from '../records/trace-known.js';
import { parseTraceQuery, traceKeys } from '../records/trace-query.js';
import { line, type Terminal } from './terminal.js';

export type TraceCommandOptions = Readonly<Partial<Record<(typeof traceKeys)[number], string>>>;

/**
 * `pwff trace`: prints what happened in a run, as far as it is asked for, in the order of time. UserError where it asks
 * for what the run does not have.
 */
export async function traceCommand(
  folder: string,
  words: readonly string[],
  options: TraceCommandOptions,
  { out, err }: Terminal,
): Promise<void> {
  const named = traceKeys.flatMap((key) => (options[key] === undefined ? [] : `${key}:${options[key]}`));
  const text = [...named, ...words].join(' ');
  const query = parseTraceQuery(text);
  const { manifest, metrics, messages } = await readRun(folder);
  const story = traceOf(metrics, messages);
  requireKnown(query, folder, { clients: manifest.clients.map(({ id }) => id), story });
  const found = story.filter((entry) => matchesTrace(entry, query));
  for (const entry of found) line(out, traceLine(entry));
  if (found.length === 0) line(err, `pwff: nothing in ${folder} matches ${text || 'the query'}`);
}
