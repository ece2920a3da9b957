import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { recordFiles } from '../records/folder.js';
import { endedSentence } from '../records/report/ended.js';
import type { Ended } from '../records/rows.js';
import type { Summary } from '../records/summary.js';
import { resultsText } from './results.js';
import { abilitiesOf, line, paintFor, type Terminal } from './terminal.js';

/*
 * What a command says of a run that has ended: its results, then where they are and what is missing.
 */

export interface Loudness {
  readonly json: boolean;
  readonly quiet: boolean;
}

export function showResults(summary: Summary, { json, quiet }: Loudness, { out }: Terminal): void {
  if (json) line(out, JSON.stringify(summary, null, 2));
  else if (!quiet) {
    line(out);
    line(out, resultsText(summary, paintFor(out), abilitiesOf(out).columns));
  }
}

/** Where the report is, and what there is to be said of a run that did not finish. */
export function showEnd(
  ended: Ended,
  outFolder: string,
  { json, quiet }: Loudness,
  terminal: Terminal,
): void {
  const { out, err } = terminal;
  const report = join(outFolder, recordFiles.report);
  if (!json && !quiet && existsSync(report)) line(out, `Report: ${report}`);
  switch (ended.reason) {
    case 'failed':
      showFailure(ended.cause, outFolder, terminal, ended.lastEvents);
      break;
    case 'interrupted':
      line(err, `pwff: interrupted. ${keptText(outFolder)}`);
      break;
    case 'deadlock':
      line(err, `pwff: the run stands still for ever, the summary says who waits. ${keptText(outFolder)}`);
      break;
    case 'livelock':
      line(err, `pwff: ${endedSentence(ended)} ${keptText(outFolder)}`);
      break;
    case 'finished':
    case 'stopped':
    case 'out-of-virtual-time':
  }
}

/** With the events before it, where the run has broken an invariant. */
export function showFailure(
  cause: string,
  outFolder: string,
  { err }: Terminal,
  lastEvents: readonly string[] = [],
): void {
  line(err, `pwff: the run failed: ${cause}`);
  for (const event of lastEvents) line(err, `  ${event}`);
  line(err, keptText(outFolder));
}

const mostWarnings = 5;

export function showWarnings(warnings: readonly string[], { err }: Terminal): void {
  for (const warning of warnings.slice(0, mostWarnings)) line(err, `pwff: ${warning}`);
  const rest = warnings.length - mostWarnings;
  if (rest > 0) line(err, `pwff: nor are ${rest} more files written`);
}

/** What there is in a run's folder, for somebody whose run ended early. */
function keptText(folder: string): string {
  const known: readonly string[] = Object.values(recordFiles);
  const present = existsSync(folder) ? readdirSync(folder).filter((name) => known.includes(name)) : [];
  if (present.length === 0) return 'Nothing was kept.';
  const goOn = present.includes(recordFiles.journal) ? `\nTo go on with it: pwff run --resume ${folder}` : '';
  return `Kept in ${folder}: ${present.join(', ')}${goOn}`;
}
