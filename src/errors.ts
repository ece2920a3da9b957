/**
 * Something the user can mend: bad input, a missing file, an impossible setting. The command line prints
 * `message` as one line and exits with 2; everything else that is thrown is a defect and keeps its stack.
 */
export class UserError extends Error {
  override readonly name = 'UserError';

  constructor(message: string, options?: ErrorOptions) {
    super(printable(message), options);
  }
}

/** More of a line, or more lines, nobody reads; a file may have a key of a megabyte, and a million unknown ones. */
const mostCharacters = 1900;
const mostLines = 100;

/** What would steer a terminal (C0 but the end of a line, DEL, C1) or turn the direction of its text. */
const steering = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/** A message with a file's words in it, as a terminal may have it: short lines without control characters. */
function printable(message: string): string {
  const lines = message.split('\n');
  const shown = lines.slice(0, mostLines).map((line) => {
    const cut = line.length > mostCharacters ? `${line.slice(0, mostCharacters)}…` : line;
    return cut.replace(steering, (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`);
  });
  const more = lines.length - shown.length;
  return (more > 0 ? [...shown, `and ${more} lines more`] : shown).join('\n');
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
