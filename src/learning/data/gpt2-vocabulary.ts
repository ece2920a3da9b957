import { join } from 'node:path';
import { UserError } from '../../errors.js';
import { readJson, readText, rejectKey } from '../json-file.js';
import { byteCharacters } from './byte-level.js';
import { tokenIds } from './token-ids.js';
import { endOfText, tokenizerJson, type TokenizerJson } from './tokenizer-json.js';

/** Ids of GPT-2's own vocabulary, OpenAI's r50k_base, with end-of-text. */
export const gpt2VocabularySize = 50257;

type Merge = readonly [left: string, right: string];

/**
 * The tokenizer.json that `vocab.json` and `merges.txt` of a folder amount to.
 *
 * @throws UserError naming the file and the key or line that is wrong.
 */
export async function readVocabularyAndMerges(folder: string): Promise<TokenizerJson> {
  const vocabFile = join(folder, 'vocab.json');
  const vocab = tokenIds(await readJson(vocabFile), vocabFile);
  const end = vocab.get(endOfText);
  if (end === undefined) rejectKey(vocabFile, endOfText, end, 'the id that ends a text, as in GPT-2');
  vocab.delete(endOfText);
  const mergesFile = join(folder, 'merges.txt');
  return tokenizerJson(
    Object.fromEntries(vocab),
    mergesOf(await readText(mergesFile), vocab, mergesFile),
    end,
  );
}

/** The first line may give a version; each other has two tokens, whose join is a token. */
function mergesOf(text: string, vocab: ReadonlyMap<string, number>, file: string): readonly Merge[] {
  return text.split(/\r?\n/).flatMap((line, index): Merge[] => {
    if (line === '' || (index === 0 && line.startsWith('#version'))) return [];
    const [left, right, ...rest] = line.split(' ');
    if (left !== undefined && right !== undefined && rest.length === 0 && vocab.has(left + right)) {
      return [[left, right]];
    }
    throw new UserError(
      `${file}: line ${index + 1}: is ${JSON.stringify(line.slice(0, 80))}, expected two tokens and a ` +
        'space between, whose join vocab.json has',
    );
  });
}

/** The tokenizer.json of GPT-2's own vocabulary, from the package gpt-tokenizer. */
export async function gpt2TokenizerJson(): Promise<TokenizerJson> {
  const { default: ranks } = await import('gpt-tokenizer/esm/bpeRanks/r50k_base');
  const tokens = ranks.map((token) => byteCharacters(token).join(''));
  const vocab = new Map(tokens.map((token, id) => [token, id]));
  return tokenizerJson(Object.fromEntries(vocab), mergesFrom(tokens, vocab));
}

/** Tokens of one byte, which no merge makes. */
const byteCount = 256;

/**
 * The merges of a vocabulary whose ids are in the order of the merges: the one that made a token joins the
 * two that the merges before it make of that token.
 */
function mergesFrom(tokens: readonly string[], ids: ReadonlyMap<string, number>): readonly Merge[] {
  return tokens.slice(byteCount).map((token, index) => {
    const [left, right] = partsBefore(token, byteCount + index, ids);
    return [left!, right!];
  });
}

/** What the merges of ids below `id` make of a token. */
function partsBefore(token: string, id: number, ids: ReadonlyMap<string, number>): readonly string[] {
  const parts = [...token];
  for (;;) {
    let [first, at] = [id, -1];
    for (let i = 0; i + 1 < parts.length; i++) {
      const joined = ids.get(parts[i]! + parts[i + 1]!) ?? id;
      if (joined < first) [first, at] = [joined, i];
    }
    if (at < 0) return parts;
    parts.splice(at, 2, parts[at]! + parts[at + 1]!);
  }
}
