import { html, type Html, type Piece } from './html.js';

/** A column of a table; it is left out where no row has anything in it. */
export interface Column<Row> {
  readonly head: string;
  readonly cell: (row: Row) => Piece;
  /** Class of its cells, "n" (numbers) if absent; empty for plain text. */
  readonly look?: 'n' | 'stage' | '';
  /** Whether a row has anything in it; always if absent. */
  readonly has?: (row: Row) => boolean;
}

/** A line for each row, below the heads of the columns. */
export function table<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): Html {
  const shown = columns.filter(({ has }) => has === undefined || rows.some(has));
  const cells = (row: Row) =>
    shown.map(({ cell, look = 'n' }) => html`<td class="${look}">${cell(row)}</td> `);
  return html`<table>
    <thead>
      <tr>
        ${shown.map(({ head, look = 'n' }) => html`<th class="${look}">${head}</th> `)}
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        (row) =>
          html`<tr>
            ${cells(row)}
          </tr> `,
      )}
    </tbody>
  </table>`;
}
