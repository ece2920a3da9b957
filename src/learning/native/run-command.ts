import { spawnSync } from 'node:child_process';
import { UserError } from '../../errors.js';

/** What a user can do where a command is not there, and what it means where it fails. */
interface Advice {
  readonly missing: string;
  readonly failed: string;
}

/**
 * Runs a command to its end and answers with what it printed.
 *
 * @throws UserError, in one line: the advice and the last that the command said.
 */
export function run(command: string, args: readonly string[], advice: Advice, folder?: string): string {
  const { error, status, stdout, stderr } = spawnSync(command, args, { cwd: folder, encoding: 'utf8' });
  if (error) throw new UserError(`${command} does not start (${error.message}): ${advice.missing}`);
  if (status !== 0) throw new UserError(`${advice.failed} (${command}: ${tellingLine(stderr, stdout)})`);
  return stdout;
}

/** The first line that names an error, else the last line; its beginning, since pip lists all versions. */
function tellingLine(...texts: readonly string[]): string {
  const lines = texts.flatMap((text) => text.split('\n')).filter((line) => line.trim() !== '');
  return (lines.find((line) => /error/i.test(line)) ?? lines.at(-1) ?? 'it says nothing')
    .trim()
    .slice(0, 160);
}
