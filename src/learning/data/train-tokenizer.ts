import { byteCharacters, byteTokens, wordsOf } from './byte-level.js';
import { tokenizerJson, type TokenizerJson } from './tokenizer-json.js';

/**
 * A distinct piece of text (a word with its leading space), as the tokens it has so far, and how often it
 * occurs.
 */
interface Word {
  readonly count: number;
  symbols: string[];
}

type Pair = readonly [left: string, right: string];

/**
 * Trains a byte-level BPE (Sennrich, Haddow, Birch 2016, on bytes as in GPT-2) and gives its tokenizer.json.
 * The vocabulary: 256 bytes, vocabSize - 257 merges (fewer where no pair occurs twice), end-of-text.
 * Deterministic: the most frequent pair is merged first; of equally frequent ones that whose left, then right
 * token has the smaller id, which are also the merges of Hugging Face's trainer. RangeError for a vocabSize
 * below 257.
 */
export function trainTokenizer(texts: Iterable<string>, vocabSize: number): TokenizerJson {
  if (!(vocabSize >= 257)) throw new RangeError(`vocabSize is ${vocabSize}, expected at least 257`);
  const words = countWords(texts);
  const vocab = new Map(Object.entries(idsOf(byteTokens)));
  const merges: Pair[] = [];
  while (vocab.size < vocabSize - 1) {
    const pair = mostFrequentPair(words, vocab);
    if (!pair) break;
    merges.push(pair);
    vocab.set(pair[0] + pair[1], vocab.size);
    for (const word of words) word.symbols = merged(word.symbols, pair);
  }
  return tokenizerJson(Object.fromEntries(vocab), merges);
}

const idsOf = (tokens: readonly string[]) => Object.fromEntries(tokens.map((token, id) => [token, id]));

function countWords(texts: Iterable<string>): Word[] {
  const counts = new Map<string, number>();
  for (const text of texts) {
    for (const word of wordsOf(text)) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return [...counts].map(([word, count]) => ({ count, symbols: byteCharacters(word) }));
}

function mostFrequentPair(words: readonly Word[], ids: ReadonlyMap<string, number>): Pair | null {
  const counts = new Map<string, number>();
  for (const { symbols, count } of words) {
    for (let index = 0; index + 1 < symbols.length; index++) {
      // No byte token is a space, so a space separates the two.
      const key = `${symbols[index]} ${symbols[index + 1]}`;
      counts.set(key, (counts.get(key) ?? 0) + count);
    }
  }
  let most = 2;
  for (const count of counts.values()) most = Math.max(most, count);
  const pairs = [...counts]
    .filter(([, count]) => count === most)
    .map(([key]) => key.split(' ') as [string, string]);
  const order = ([left, right]: Pair) => ids.get(left)! * ids.size + ids.get(right)!;
  return pairs.reduce<Pair | null>((best, pair) => (best && order(best) < order(pair) ? best : pair), null);
}

function merged(symbols: readonly string[], [left, right]: Pair): string[] {
  const result: string[] = [];
  for (let index = 0; index < symbols.length; index++) {
    if (symbols[index] === left && symbols[index + 1] === right) {
      result.push(left + right);
      index++;
    } else {
      result.push(symbols[index]!);
    }
  }
  return result;
}
