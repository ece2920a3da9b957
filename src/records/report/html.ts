import { escaped } from '../../escaped.js';

/** Text that is already HTML, as opposed to text that still has to be escaped. */
export class Html {
  constructor(readonly text: string) {}
}

/** What can be put into HTML. */
export type Piece = Html | string | number | null | readonly Html[];

/** Builds HTML: every value put in is escaped unless it is {@link Html} itself; null leaves nothing. */
export function html(strings: TemplateStringsArray, ...values: readonly Piece[]): Html {
  return new Html(strings.reduce((page, part, index) => page + text(values[index - 1] ?? null) + part));
}

function text(piece: Piece): string {
  if (piece === null) return '';
  if (piece instanceof Html) return piece.text;
  if (typeof piece === 'object') return piece.map(text).join('');
  return escaped(String(piece));
}
