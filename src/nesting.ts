import { UserError } from './errors.js';

/**
 * Levels of lists and objects in a file from outside. A scenario has some ten; what goes over values level by level
 * (copies, checks, messages) overflows the stack from some thousands on.
 */
export const mostNesting = 200;

/** UserError where the brackets of a JSON text nest deeper than {@link mostNesting}; strings do not count. */
export function refuseNesting(text: string, place: string): void {
  if (nestsTooDeep(text)) {
    throw new UserError(`${place}: nests lists or objects too deep, expected at most ${mostNesting} levels`);
  }
}

/** Whether the brackets of a JSON text do. */
export function nestsTooDeep(text: string): boolean {
  // Most lines of a file of rows have no such number of brackets at all.
  if (text.length < mostNesting) return false;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) at = endOfString(text, at);
    else if (code === openList || code === openObject) {
      if (++depth > mostNesting) return true;
    } else if (code === closeList || code === closeObject) depth--;
  }
  return false;
}

const [quote, backslash] = [0x22, 0x5c];
const [openList, closeList, openObject, closeObject] = [0x5b, 0x5d, 0x7b, 0x7d];

/** The quotation mark that ends the string which begins at `at`, or the text's end. */
function endOfString(text: string, at: number): number {
  for (let end = at + 1; end < text.length; end++) {
    const code = text.charCodeAt(end);
    if (code === quote) return end;
    if (code === backslash) end++;
  }
  return text.length;
}
