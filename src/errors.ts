/**
 * Something the user can mend: bad input, a missing file, an impossible setting. The command line prints
 * `message` as one line and exits with 2; everything else that is thrown is a defect and keeps its stack.
 */
export class UserError extends Error {
  override readonly name = 'UserError';
}

/** The message of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** Whether the operating system refused something: rights, a full disk, a file that is missing. */
export function isSystemError(thrown: unknown): thrown is NodeJS.ErrnoException {
  return thrown instanceof Error && 'syscall' in thrown;
}

/** The beginning of a text that may have several lines, as one, for messages. */
export function oneLine(text: string): string {
  return text.trim().replace(/\s+/g, ' ').slice(0, 120);
}
