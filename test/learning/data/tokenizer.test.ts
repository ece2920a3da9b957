import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { UserError } from '../../../src/errors.js';
import { packageRoot } from '../../../src/paths.js';
import { createTokenizer, loadTokenizer } from '../../../src/learning/data/tokenizer.js';
import type { TokenizerJson } from '../../../src/learning/data/tokenizer-json.js';
import { trainTokenizer } from '../../../src/learning/data/train-tokenizer.js';

interface Golden {
  readonly tokenizer: TokenizerJson;
  readonly cases: readonly { readonly text: string; readonly ids: number[] }[];
}

const golden = JSON.parse(
  readFileSync(join(packageRoot(), 'test/golden/byte-level-bpe.json'), 'utf8'),
) as Golden;
const tokenizer = createTokenizer(golden.tokenizer);

describe('a byte-level BPE tokenizer', () => {
  it("encodes as Hugging Face's Python package does (test/golden/byte-level-bpe.py)", () => {
    assert.ok(golden.cases.length >= 200);
    for (const { text, ids } of golden.cases)
      assert.deepEqual(tokenizer.encode(text), ids, JSON.stringify(text));
  });

  it('gives back any UTF-8 text, character for character', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: 'grapheme' }),
      fc.stringMatching(/^[\s.,'!?a-z]*$/u),
    );
    fc.assert(
      fc.property(text, (original) => {
        assert.equal(tokenizer.decode(tokenizer.encode(original)), original);
      }),
      { numRuns: 400 },
    );
  });

  it('reads a literal <|endoftext|> in a text as text', () => {
    const text = 'a <|endoftext|> b<|endoftext|>';
    const ids = tokenizer.encode(text);
    assert.ok(!ids.includes(tokenizer.endOfText));
    assert.equal(tokenizer.decode(ids), text);
  });

  it('leaves special tokens out of what it decodes', () => {
    assert.equal(tokenizer.decode([...tokenizer.encode('cat'), tokenizer.endOfText]), 'cat');
    assert.equal(tokenizer.decode([tokenizer.endOfText]), '');
    assert.equal(tokenizer.decode([]), '');
  });

  it('shows ids behind its vocabulary, as a padded model may sample them, as U+FFFD', () => {
    const [a, b] = [tokenizer.encode('two '), tokenizer.encode('words')];
    const behind = [tokenizer.size, tokenizer.size + 9];
    assert.equal(tokenizer.decode([...behind, ...a, ...behind, ...b]), '\ufffd\ufffdtwo \ufffd\ufffdwords');
    assert.equal(tokenizer.decode([]), '');
  });

  it('refuses what is no id', () => {
    assert.throws(() => tokenizer.decode([0.5]), RangeError);
    assert.throws(() => tokenizer.decode([-1]), RangeError);
  });

  it('knows how many bytes each token stands for', () => {
    const text = 'Where is the café? 你好 🙂';
    const bytes = tokenizer.encode(text).reduce((sum, id) => sum + tokenizer.byteLength(id), 0);
    assert.equal(bytes, Buffer.byteLength(text));
  });
});

describe('trainTokenizer', () => {
  // By hand: in "ab ab ab abc abc" (a leading space belongs to its word) the pair a b occurs 5 times, then
  // Ġ ab 4 times, then Ġab c 2 times; nothing else occurs twice.
  it('merges the most frequent pairs first', () => {
    const { model } = trainTokenizer(['ab ab ab abc abc'], 300);
    assert.deepEqual(model.merges, [
      ['a', 'b'],
      ['Ġ', 'ab'],
      ['Ġab', 'c'],
    ]);
  });

  it('takes the smaller of two equally frequent pairs', () => {
    assert.deepEqual(trainTokenizer(['zy zy', 'xw xw'], 258).model.merges, [['x', 'w']]);
    assert.deepEqual(trainTokenizer(['xw xw', 'zy zy'], 258).model.merges, [['x', 'w']]);
  });

  it('has a token for each of the 256 bytes and ends with <|endoftext|>', () => {
    const json = trainTokenizer([], 257);
    assert.equal(Object.keys(json.model.vocab).length, 257);
    assert.equal(createTokenizer(json).endOfText, 256);
    const everyByte = String.fromCodePoint(...Array.from({ length: 0x800 }, (_, code) => code));
    assert.equal(createTokenizer(json).decode(createTokenizer(json).encode(everyByte)), everyByte);
  });

  it('refuses a vocabulary that has no room for the bytes', () => {
    assert.throws(() => trainTokenizer([], 256), RangeError);
  });

  it('gives the merges that the golden tokenizer was trained to', () => {
    const texts = golden.cases.slice(0, 100).map(({ text }) => text);
    const { merges } = trainTokenizer(texts, golden.tokenizer.added_tokens[0]!.id + 1).model;
    assert.deepEqual(merges, golden.tokenizer.model.merges);
  });
});

describe('loadTokenizer', () => {
  let folder: string;
  beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'pwff-tokenizer-'))));
  afterEach(() => rm(folder, { recursive: true }));

  it("reads a model folder's tokenizer.json", async () => {
    await writeFile(join(folder, 'tokenizer.json'), JSON.stringify(golden.tokenizer));
    const loaded = await loadTokenizer(folder);
    assert.deepEqual(loaded.encode('a cat'), tokenizer.encode('a cat'));
  });

  it('names the file and the field of a tokenizer of another kind', async () => {
    await writeFile(join(folder, 'tokenizer.json'), JSON.stringify({ model: { type: 'WordPiece' } }));
    await assert.rejects(loadTokenizer(folder), (error) => {
      assert.ok(error instanceof UserError);
      assert.match(error.message, /tokenizer\.json: \/model\/type: is "WordPiece"/);
      return true;
    });
  });

  it('names the file of a tokenizer without end-of-text', async () => {
    await writeFile(
      join(folder, 'tokenizer.json'),
      JSON.stringify({ ...golden.tokenizer, added_tokens: [] }),
    );
    await assert.rejects(loadTokenizer(folder), (error) => {
      assert.ok(error instanceof UserError);
      assert.match(error.message, /tokenizer\.json: \/added_tokens: has no <\|endoftext\|>, expected one/);
      return true;
    });
  });

  it('names a file that is missing', async () => {
    await assert.rejects(loadTokenizer(join(folder, 'nowhere')), UserError);
  });
});
