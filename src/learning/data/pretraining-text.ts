import { resolve } from 'node:path';
import { UserError } from '../../errors.js';
import { stream } from '../../simulation/random/stream.js';
import { readTextFile } from '../../text-file.js';
import { pretrainingCorpus } from './embedded/pretraining.js';
import { promptText, responseText, type Template } from './template.js';
import { tableOf } from './tokenize.js';
import type { TokenTable } from './token-table.js';
import type { Tokenizer } from './tokenizer.js';

/** Where text that the base model was pretrained on comes from. */
export interface PretrainingText {
  readonly rows: number;
  /** Relative to the scenario's folder; null: the embedded corpus. */
  readonly file: string | null;
}

interface Reading {
  readonly tokenizer: Tokenizer;
  readonly template: Template;
  readonly maxTokens: number;
}

/**
 * Text that the base model was pretrained on or could have been, as rows of whom every token but the first is a target:
 * of a file keyed draws of pieces as long as the context, else held-out rows of the corpus of the embedded model.
 * UserError where the file has less than two tokens.
 */
export async function pretrainingText(
  { rows, file }: PretrainingText,
  folder: string,
  seed: number,
  reading: Reading,
): Promise<TokenTable> {
  const pieces =
    file === null
      ? embeddedRows(rows, seed, reading)
      : await piecesOf(resolve(folder, file), rows, seed, reading);
  return tableOf(
    pieces.map((tokens) => ({ tokens, response: 1, content: [1, tokens.length], truncated: false })),
  );
}

function embeddedRows(count: number, seed: number, { tokenizer, template, maxTokens }: Reading): number[][] {
  return pretrainingCorpus(seed, count, 'test').map((example) => {
    const prompt = tokenizer.encode(promptText(template, example));
    const response = tokenizer.encode(responseText(template, example.output));
    return [...prompt, ...response, tokenizer.endOfText].slice(0, maxTokens);
  });
}

async function piecesOf(
  path: string,
  count: number,
  seed: number,
  { tokenizer, maxTokens }: Reading,
): Promise<number[][]> {
  const tokens = tokenizer.encode(
    await readTextFile(path, 'text that the base model could have been pretrained on'),
  );
  if (tokens.length < 2) {
    throw new UserError(
      `${path}: has ${tokens.length} tokens, expected 2 or more, of which each but the first is predicted`,
    );
  }
  const starts = Array.from(
    { length: Math.ceil((tokens.length - 1) / maxTokens) },
    (_, piece) => piece * maxTokens,
  );
  const drawn = stream(seed, 'pretraining text').shuffle(starts).slice(0, count);
  return drawn
    .sort((a, b) => a - b)
    .map((start) => tokens.slice(start, start + maxTokens))
    .filter(({ length }) => length >= 2);
}
