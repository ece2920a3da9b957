import { createHash } from 'node:crypto';
import { promptText, responseText, type Template } from '../data/template.js';
import { columns, type TokenTable } from '../data/token-table.js';
import type { PreferencePair } from '../data/types.js';
import { enclosed, type WordPiece } from '../data/word-piece.js';

/**
 * Preference pairs for a DistilBERT, two rows each: chosen, then rejected, as [CLS] prompt response [SEP] in
 * at most `maxTokens` tokens, of which the left is left out where there are more. A row is one text: its
 * response is not marked.
 */
export function rewardTable(
  pairs: readonly PreferencePair[],
  tokenizer: WordPiece,
  template: Template,
  maxTokens: number,
): TokenTable {
  const rows = pairs.flatMap((pair) =>
    [pair.chosen, pair.rejected].map((output) => {
      const text = promptText(template, pair) + responseText(template, output);
      return enclosed(tokenizer, tokenizer.encode(text), maxTokens, 'last');
    }),
  );
  const tokens = new Int32Array(new SharedArrayBuffer(rows.reduce((sum, row) => sum + row.length, 0) * 4));
  const bounds = new Int32Array(new SharedArrayBuffer(rows.length * columns * 4));
  let end = 0;
  rows.forEach((row, index) => {
    tokens.set(row, end);
    bounds[index * columns] = end;
    end += row.length;
    bounds.fill(end, index * columns + 1, (index + 1) * columns);
  });
  return { hash: hashOf(bounds, tokens), count: rows.length, tokens, rows: bounds };
}

function hashOf(...parts: readonly Int32Array[]): string {
  const hash = createHash('sha256').update(JSON.stringify(parts.map(({ length }) => length)));
  for (const { buffer } of parts) hash.update(new Uint8Array(buffer));
  return hash.digest('hex');
}
