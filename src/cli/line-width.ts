const pieces = /\u001b\[\d+m|[^\u001b]/gu;

/** The columns that a text takes; colour codes take none. */
export function widthOf(text: string): number {
  return (text.match(pieces) ?? []).filter((piece) => piece.length <= 2).length;
}

/** Cuts a line at the terminal's width; colour codes take no width. */
export function cut(text: string, columns: number): string {
  let width = 0;

  return text.replace(pieces, (piece) => {
    if (piece.length > 2) return piece;
    width += 1;
    return width <= columns ? piece : '';
  });
}

/** The text with spaces at which {@link wrapped} breaks no line; it gives them back as plain ones. */
export function unbroken(text: string): string {
  return text.replaceAll(' ', '\u00a0');
}

/**
 * Breaks a line between words into lines of `columns` at most, all but the first behind `indent`; a word that
 * is longer has a line of its own.
 */
export function wrapped(text: string, columns: number, indent = ''): readonly string[] {
  const lines: string[] = [];
  let line: string | null = null;
  for (const word of text.split(' ')) {
    const longer: string = line === null ? word : `${line} ${word}`;
    if (widthOf(longer) <= columns || line === null || line.trim() === '') line = longer;
    else {
      lines.push(line);
      line = `${indent}${word}`;
    }
  }
  return [...lines, line ?? ''].map((text) => text.trimEnd().replaceAll('\u00a0', ' '));
}
