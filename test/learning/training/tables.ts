import { columns, type TokenTable } from '../../../src/learning/data/token-table.js';

export interface Row {
  readonly tokens: readonly number[];
  /** Index of the first response token. */
  readonly response: number;
  /** Default: the whole response. */
  readonly content?: readonly [start: number, end: number];
}

/** A token table of literal rows. */
export function tableOf(rows: readonly Row[]): TokenTable {
  const bounds = new Int32Array(rows.length * columns);
  let start = 0;
  rows.forEach(({ tokens, response, content = [response, tokens.length] }, row) => {
    const places = [0, response, content[0], content[1], tokens.length];
    bounds.set(
      places.map((place) => start + place),
      row * columns,
    );
    start += tokens.length;
  });
  const tokens = Int32Array.from(rows.flatMap((row) => row.tokens));
  return { hash: JSON.stringify(rows), count: rows.length, tokens, rows: bounds };
}
