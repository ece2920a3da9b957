import Table from 'cli-table3';

/** How a table looks, in characters: its line above and below, and the room between and in its cells. */
export interface TableLook {
  readonly frame: '─' | '';
  readonly gap: number;
  readonly padding: number;
}

/**
 * A table with a line under its head and none at its sides; `alignment` has one letter per column, l or r.
 */
export function textTable(
  head: readonly string[],
  alignment: string,
  { frame, gap, padding }: TableLook,
): Table.Table {
  return new Table({
    head: [...head],
    colAligns: [...alignment].map((letter) => (letter === 'r' ? 'right' : 'left')),
    style: { head: [], border: [], compact: true, 'padding-left': padding, 'padding-right': padding },
    chars: {
      top: frame,
      'top-mid': frame,
      'top-left': '',
      'top-right': '',
      bottom: frame,
      'bottom-mid': frame,
      'bottom-left': '',
      'bottom-right': '',
      left: '',
      'left-mid': '',
      mid: '─',
      'mid-mid': '─'.repeat(gap),
      right: '',
      'right-mid': '',
      middle: ' '.repeat(gap),
    },
  });
}
