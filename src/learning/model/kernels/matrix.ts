/** A matrix in a heap: the address of its first element, and how many elements apart its rows and columns lie. */
export interface Matrix {
  readonly at: number;
  readonly row: number;
  readonly column: number;
}

/** A matrix with `columns` columns whose elements lie one after the other. */
export const plain = (at: number, columns: number): Matrix => ({ at, row: columns, column: 1 });

/** The transpose, over the same elements. */
export const flipped = ({ at, row, column }: Matrix): Matrix => ({ at, row: column, column: row });
