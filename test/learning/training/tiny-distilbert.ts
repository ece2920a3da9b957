import { copyFileSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parityFolder } from '../../golden/parity.js';

const letters = [...'abcdefghijklmnopqrstuvwxyz'];

/** 75 tokens, enough to spell any English text; [CLS] and [SEP] are those of test/golden/parity/make.py. */
const vocabulary = [
  ...['[PAD]', '[CLS]', '[SEP]', '[UNK]'],
  ...letters,
  ...letters.map((letter) => `##${letter}`),
  ..."0123456789.,?!:'-()",
];

/**
 * A new folder as Hugging Face's packages write it: the DistilBERT of test/golden/parity that has two
 * blocks of width 32, 64 positions and a head, and a tokenizer. The caller removes it.
 */
export function tinyDistilBertFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'pwff-distilbert-'));
  for (const file of ['config.json', 'model.safetensors']) {
    copyFileSync(join(parityFolder, 'distilbert-two-blocks', file), join(folder, file));
  }
  writeFileSync(join(folder, 'vocab.txt'), `${vocabulary.join('\n')}\n`);
  return folder;
}
