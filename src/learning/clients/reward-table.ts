import { promptText, responseText, type Template } from '../data/template.js';
import { tokenizedPairs, type Row, type Tokenized } from '../data/tokenize.js';
import type { PreferencePair } from '../data/types.js';
import { enclosed, type WordPiece } from '../data/word-piece.js';

/**
 * Preference pairs for a DistilBERT, two rows each: chosen, then rejected, as [CLS] prompt response [SEP] in
 * at most `maxTokens` tokens, cut on the left where there are more. A row is one text: its
 * response is not marked. Pairs whose two rows are alike are left out.
 */
export function rewardTable(
  pairs: readonly PreferencePair[],
  tokenizer: WordPiece,
  template: Template,
  maxTokens: number,
): Tokenized {
  const rowOf = (pair: PreferencePair, output: string): Row => {
    const text = promptText(template, pair) + responseText(template, output);
    const ids = tokenizer.encode(text);
    const tokens = enclosed(tokenizer, ids, maxTokens, 'last');
    const end = tokens.length;
    return { tokens, response: end, content: [end, end], truncated: end < ids.length + 2 };
  };
  return tokenizedPairs(pairs.map((pair) => [rowOf(pair, pair.chosen), rowOf(pair, pair.rejected)]));
}
