import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gpt2TokenizerJson } from '../../../src/learning/data/gpt2-vocabulary.js';
import { loadTokenizer } from '../../../src/learning/data/tokenizer.js';
import type { TokenizerJson } from '../../../src/learning/data/tokenizer-json.js';
import { UserError } from '../../../src/errors.js';
import { packageRoot } from '../../../src/paths.js';

/** What test/golden/gpt2-tokens.py recorded of tiktoken and transformers. */
interface Golden {
  readonly mergesSha256: string;
  readonly cases: readonly { readonly text: string; readonly ids: number[] }[];
}

const golden = JSON.parse(
  readFileSync(join(packageRoot(), 'test/golden/gpt2-tokens.json'), 'utf8'),
) as Golden;

describe("GPT-2's own vocabulary", () => {
  let folder: string;
  let json: TokenizerJson;
  let mergesText: string;
  before(async () => {
    json = await gpt2TokenizerJson();
    mergesText = json.model.merges.map((merge) => merge.join(' ')).join('\n');
  });
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'pwff-gpt2-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  const write = (name: string, content: string | object) =>
    writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));

  async function encodesAsGpt2(): Promise<void> {
    const tokenizer = await loadTokenizer(folder);
    assert.equal(tokenizer.size, 50257);
    assert.equal(tokenizer.endOfText, 50256);
    for (const { text, ids } of golden.cases) {
      assert.deepEqual(tokenizer.encode(text), ids, JSON.stringify(text));
      assert.equal(tokenizer.decode(ids), text);
      const bytes = ids.reduce((sum, id) => sum + tokenizer.byteLength(id), 0);
      assert.equal(bytes, Buffer.byteLength(text));
    }
  }

  async function refused(message: RegExp): Promise<void> {
    await assert.rejects(loadTokenizer(folder), (thrown) => {
      assert.ok(thrown instanceof UserError, String(thrown));
      assert.match(thrown.message, message);
      return true;
    });
  }

  it('has the merges that another implementation finds (test/golden/gpt2-tokens.py)', () => {
    assert.equal(json.model.merges.length, 50000);
    assert.equal(createHash('sha256').update(mergesText).digest('hex'), golden.mergesSha256);
  });

  it('encodes as tiktoken and transformers, of a folder with nothing but config.json', async () => {
    write('config.json', { vocab_size: 50257 });
    await encodesAsGpt2();
  });

  it('encodes as tiktoken and transformers, of a folder with vocab.json and merges.txt', async () => {
    write('vocab.json', json.model.vocab);
    write('merges.txt', `#version: 0.2\n${mergesText}\n`);
    await encodesAsGpt2();
  });

  // As the first files of the Hub: no type of the model, merges as strings, "" in the place of null.
  it('encodes as tiktoken and transformers, of a folder with an old tokenizer.json', async () => {
    const { type: _, ...model } = json.model;
    const { use_regex: __, ...byteLevel } = json.pre_tokenizer;
    const merges = mergesText.split('\n');
    const old = { ...model, merges, continuing_subword_prefix: '', end_of_word_suffix: '' };
    write('tokenizer.json', { ...json, pre_tokenizer: byteLevel, post_processor: byteLevel, model: old });
    await encodesAsGpt2();
  });

  it('is taken for no other number of tokens', async () => {
    write('config.json', { vocab_size: 50258 });
    await refused(
      /tokenizer\.json: is missing, and so is vocab\.json; expected one of them, since .* of 50258/,
    );
  });

  it('names what is wrong in vocab.json and merges.txt', async () => {
    write('vocab.json', { a: 0, b: 1, '<|endoftext|>': 2 });
    await refused(/merges\.txt: cannot be read/);
    write('merges.txt', '#version: 0.2\na b\n');
    await refused(/merges\.txt: line 2: is "a b", expected two tokens .* whose join vocab\.json has/);
    write('vocab.json', { a: 'x' });
    await refused(/vocab\.json: \/a: is "x", expected an id, 0 or more/);
    write('vocab.json', { a: 0 });
    await refused(/vocab\.json: \/<\|endoftext\|>: is missing, expected the id that ends a text/);
  });
});
