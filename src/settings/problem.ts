/** One thing that is wrong with a scenario. */
export interface Problem {
  /** JSON pointer of the offending value; empty for the whole document. */
  readonly pointer: string;
  /** What is the matter, for example `is -3` or `unknown key`. */
  readonly is: string;
  /** What would be right, for example `a number above 0`. */
  readonly expected: string;
  /** What to do about it. */
  readonly advice?: string;
}

const longestValue = 60;

/** A value as it stands in a message: JSON, cut after sixty characters; NaN and infinity, which JSON lacks, by name. */
export function shown(value: unknown): string {
  const isFiniteOrOther = typeof value !== 'number' || Number.isFinite(value);
  const text = isFiniteOrOther ? (JSON.stringify(value) ?? 'undefined') : String(value);
  return clipped(text);
}

/** Cut after sixty characters. */
export function clipped(text: string): string {
  return text.length > longestValue ? `${text.slice(0, longestValue)}…` : text;
}

/** A problem as one line; `origin` names the file, or the option that the value came from. */
export function problemLine(origin: string, { pointer, is, expected, advice }: Problem): string {
  const line = `${origin}: ${pointer === '' ? '' : `${pointer}: `}${is}, expected ${expected}`;
  return (advice === undefined ? line : `${line}; ${advice}`).replace(/\s*[\r\n]+\s*/g, ' ');
}

/** A key as a segment of a JSON pointer (RFC 6901). */
export function pointerSegment(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** The key that a segment of a JSON pointer stands for. */
export function segmentKey(segment: string): string {
  return segment.replaceAll('~1', '/').replaceAll('~0', '~');
}
