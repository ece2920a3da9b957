import type { Checked } from '../records/summary.js';
import type { Loudness } from './run-end.js';
import { line, type Terminal } from './terminal.js';

/**
 * Names every expectation that does not hold, with the row that broke it. Whether the command is to fail: where one
 * is broken and `check` asks for it.
 */
export function showChecks(
  checks: readonly Checked[],
  { check, json, quiet }: Loudness & { readonly check: boolean },
  { err, out }: Terminal,
): boolean {
  const broken = checks.filter(({ holds }) => !holds);
  for (const each of broken) line(err, brokenText(each));
  if (check && !quiet && !json && broken.length === 0 && checks.length > 0) {
    line(out, `Expectations: all ${checks.length} hold.`);
  }
  return check && broken.length > 0;
}

function brokenText({ pointer, name, why, row }: Checked): string {
  const said = name === null ? '' : ` ${name}:`;
  return `pwff: ${pointer}:${said} ${why}${row === null ? '' : `, by ${JSON.stringify(row)}`}`;
}
