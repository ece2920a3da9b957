import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { enclosed, loadWordPiece, type WordPiece } from '../../../src/learning/data/word-piece.js';
import { UserError } from '../../../src/errors.js';
import { packageRoot } from '../../../src/paths.js';

/** What test/golden/word-piece.py recorded of transformers' DistilBertTokenizer. */
interface Golden {
  readonly vocab: readonly string[];
  readonly tokenizer: { readonly model: Readonly<Record<string, unknown>> };
  readonly variants: Readonly<
    Record<
      string,
      {
        readonly settings: object;
        readonly normalizer: object;
        readonly rows: readonly { readonly text: string; readonly ids: number[] }[];
      }
    >
  >;
}

const golden = JSON.parse(readFileSync(join(packageRoot(), 'test/golden/word-piece.json'), 'utf8')) as Golden;

describe('loadWordPiece', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'pwff-word-piece-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  const write = (name: string, content: string | object) =>
    writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));

  function encodesAs(tokenizer: WordPiece, { rows }: Golden['variants'][string]): void {
    assert.deepEqual([tokenizer.size, tokenizer.cls, tokenizer.sep], [golden.vocab.length, 2, 3]);
    for (const { text, ids } of rows) assert.deepEqual(tokenizer.encode(text), ids, JSON.stringify(text));
  }

  async function refused(message: RegExp): Promise<void> {
    await assert.rejects(loadWordPiece(folder), (thrown) => {
      assert.ok(thrown instanceof UserError, String(thrown));
      assert.match(thrown.message, message);
      return true;
    });
  }

  for (const [name, variant] of Object.entries(golden.variants)) {
    it(`encodes as transformers does, ${name}, of vocab.txt and tokenizer_config.json`, async () => {
      write('vocab.txt', `${golden.vocab.join('\n')}\n`);
      write('tokenizer_config.json', variant.settings);
      encodesAs(await loadWordPiece(folder), variant);
    });

    it(`encodes as transformers does, ${name}, of tokenizer.json`, async () => {
      write('tokenizer.json', { ...golden.tokenizer, normalizer: variant.normalizer });
      encodesAs(await loadWordPiece(folder), variant);
    });
  }

  it('takes the uncased vocabulary for granted where vocab.txt stands alone', async () => {
    write('vocab.txt', golden.vocab.join('\r\n'));
    encodesAs(await loadWordPiece(folder), golden.variants['uncased']!);
  });

  it('reads the first files of the Hub, which do not say that they are a WordPiece', async () => {
    const { type: _, ...model } = golden.tokenizer.model;
    write('tokenizer.json', { ...golden.tokenizer, model });
    encodesAs(await loadWordPiece(folder), golden.variants['uncased']!);
  });

  it('names what is missing or of another kind', async () => {
    await refused(/vocab\.txt: is missing, and so is tokenizer\.json; expected one of them/);
    write('vocab.txt', '[CLS]\n[UNK]\n');
    await refused(/vocab\.txt: \/\[SEP\]: is missing, expected a special token/);
    write('tokenizer_config.json', { do_lower_case: 'no' });
    await refused(/tokenizer_config\.json: \/do_lower_case: is "no", expected true or false/);
    write('tokenizer.json', { ...golden.tokenizer, normalizer: null });
    await refused(/tokenizer\.json: \/normalizer\/type: is null, expected "BertNormalizer"/);
    write('tokenizer.json', { ...golden.tokenizer, model: { type: 'BPE' } });
    await refused(/tokenizer\.json: \/model\/type: is "BPE", expected "WordPiece" with a vocab/);
  });
});

describe('enclosed', () => {
  const tokenizer: WordPiece = { size: 9, cls: 1, sep: 2, encode: () => [] };

  it('puts ids between [CLS] and [SEP]', () => {
    assert.deepEqual(enclosed(tokenizer, [5, 6], 8, 'first'), [1, 5, 6, 2]);
    assert.deepEqual(enclosed(tokenizer, [], 2, 'last'), [1, 2]);
  });

  it('keeps the first or the last of too many', () => {
    assert.deepEqual(enclosed(tokenizer, [5, 6, 7], 4, 'first'), [1, 5, 6, 2]);
    assert.deepEqual(enclosed(tokenizer, [5, 6, 7], 4, 'last'), [1, 6, 7, 2]);
    assert.deepEqual(enclosed(tokenizer, [5, 6, 7], 2, 'last'), [1, 2]);
    assert.throws(() => enclosed(tokenizer, [], 1, 'last'), RangeError);
  });
});
