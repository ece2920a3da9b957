import { createHash } from 'node:crypto';

/** Columns of {@link TokenTable.rows}; every entry is an index into `tokens`. */
export const column = { start: 0, response: 1, contentStart: 2, contentEnd: 3, end: 4 } as const;
export const columns = 5;

/**
 * Tokenized rows in shared memory: a worker reads them without a copy. Row r's tokens are
 * tokens[rows[5r] .. rows[5r + 4]): prompt, then response (from rows[5r + 1]), then end-of-text where the
 * text has one. Columns 2 and 3 bound the response tokens that carry the answer itself.
 */
export interface TokenTable {
  /** SHA-256 of the content, hexadecimal. */
  readonly hash: string;
  readonly count: number;
  readonly tokens: Int32Array;
  readonly rows: Int32Array;
}

/** What a table's hash is of, before its rows and its tokens: how many of each there are. */
export function tableHead({ rows, tokens }: Pick<TokenTable, 'rows' | 'tokens'>): string {
  return JSON.stringify([rows.length, tokens.length]);
}

export function tableHash({ rows, tokens }: Pick<TokenTable, 'rows' | 'tokens'>): string {
  const hash = createHash('sha256').update(tableHead({ rows, tokens }));
  for (const { buffer, byteOffset, byteLength } of [rows, tokens]) {
    hash.update(new Uint8Array(buffer, byteOffset, byteLength));
  }
  return hash.digest('hex');
}

/** Mean tokens of a row; 0 of none. */
export function meanTokens({ rows, count }: TokenTable): number {
  let tokens = 0;
  for (let row = 0; row < count; row++) {
    tokens += rows[row * columns + column.end]! - rows[row * columns + column.start]!;
  }
  return count === 0 ? 0 : tokens / count;
}
