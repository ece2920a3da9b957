import Table from 'cli-table3';
import { greatest } from '../extremes.js';
import { unbroken, widthOf, wrapped } from './line-width.js';

/** How a table looks, in characters: its line above and below, and the room between and in its cells. */
export interface TableLook {
  readonly frame: '─' | '';
  readonly gap: number;
  readonly padding: number;
}

/** What a table shows; `alignment` has one letter per column, l or r. A cell may be of several lines. */
export interface TableContent {
  readonly head: readonly string[];
  readonly alignment: string;
  readonly rows: readonly (readonly string[])[];
}

/**
 * A table with a line under its head and none at its sides. Where it is wider than `columns`, the same row by
 * row: see {@link stackedRows}.
 */
export function textTable(content: TableContent, look: TableLook, columns: number): string {
  const table = new Table({ head: [...content.head], ...optionsOf(content.alignment, look) });
  for (const row of content.rows) table.push([...row]);
  const text = table.toString();
  const width = greatest(text.split('\n').map(widthOf));
  return width <= columns ? text : stackedRows(content, columns).join('\n');
}

/** Each row as lines: its first cell, then the others, each behind the head of its column. */
export function stackedRows(
  { head, rows }: Pick<TableContent, 'head' | 'rows'>,
  columns: number,
): readonly string[] {
  return rows.flatMap(([first = '', ...cells]) => {
    const title = first.trim() === '' ? [] : [first.trim()];
    const named = cells.flatMap((cell, index) => {
      const text = cell.trim().replaceAll('\n', ' ');
      if (text === '') return [];
      const figure = [head[index + 1] ?? '', text].filter(Boolean).join(' ');
      return [widthOf(figure) + 5 > columns ? figure : unbroken(figure)];
    });
    return [...title, ...wrapped(`  ${named.join('; ')}`, columns, '    ')];
  });
}

function optionsOf(alignment: string, { frame, gap, padding }: TableLook): Table.TableConstructorOptions {
  return {
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
  };
}
