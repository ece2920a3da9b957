import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { loadTokenizer, type Tokenizer } from '../../data/tokenizer.js';
import { loadWordPiece, type WordPiece } from '../../data/word-piece.js';
import { UserError } from '../../../errors.js';
import { isThere, readText } from '../../json-file.js';
import { packageRoot } from '../../../paths.js';
import type { DistilBertShape, TokenizerFiles } from '../../model/model-shape.js';

/** All that src/learning/data reads of a tokenizer's folder; config.json tells of GPT-2's own vocabulary. */
const names = [
  'tokenizer.json',
  'tokenizer_config.json',
  'vocab.json',
  'merges.txt',
  'vocab.txt',
  'config.json',
];

/** Names a folder's tokenizer by its content; null: that of the embedded model. */
export async function tokenizerFiles(folder: string | null): Promise<TokenizerFiles> {
  const from = folder ?? join(packageRoot(), 'assets', 'embedded');
  const hash = createHash('sha256');
  for (const name of names) {
    const file = join(from, name);
    if (!(await isThere(file))) continue;
    const text = await readText(file);
    hash.update(JSON.stringify([name, text.length])).update(text);
  }
  return { folder, hash: hash.digest('hex') };
}

export interface Tokenizers {
  readonly language: Tokenizer;
  readonly reward: WordPiece;
}

/** This thread's, by their files' hashes. */
const opened = new Map<string, Promise<Tokenizers>>();

/**
 * Both tokenizers, read once per thread.
 *
 * @throws UserError where files are not those that the request was made of.
 */
export function openTokenizers({ languageTokenizer, rewardTokenizer }: DistilBertShape): Promise<Tokenizers> {
  const key = `${languageTokenizer.hash} ${rewardTokenizer.hash}`;
  const known = opened.get(key) ?? read(languageTokenizer, rewardTokenizer);
  opened.set(key, known);
  return known;
}

async function read(language: TokenizerFiles, reward: TokenizerFiles): Promise<Tokenizers> {
  for (const { folder, hash } of [language, reward]) {
    if ((await tokenizerFiles(folder)).hash === hash) continue;
    throw new UserError(
      `${folder ?? 'the embedded model'}: has another tokenizer than when the run began, expected the same ` +
        'until it ends; run it again',
    );
  }
  const [languageTokenizer, rewardTokenizer] = await Promise.all([
    loadTokenizer(language.folder),
    // Never null: a DistilBERT always comes from a folder.
    loadWordPiece(reward.folder!),
  ]);
  return { language: languageTokenizer, reward: rewardTokenizer };
}
