import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../src/errors.js';
import { loadInstructions } from '../src/learning/data/instructions.js';
import { loadPreferences } from '../src/learning/data/preferences.js';
import { loadTokenizer } from '../src/learning/data/tokenizer.js';
import { loadWordPiece } from '../src/learning/data/word-piece.js';
import { loadModel } from '../src/learning/model/load.js';
import { packageRoot } from '../src/paths.js';
import { readRecording } from '../src/radio/channel/fading/recording.js';
import { loadScenario } from '../src/scenario/load.js';

const embedded = join(packageRoot(), 'assets/embedded');
const pair = JSON.stringify({
  chosen: '\n\nHuman: a\n\nAssistant: b',
  rejected: '\n\nHuman: a\n\nAssistant: c',
});

/** Every kind of text file that a user gives, with what reads it. */
const kinds: readonly {
  readonly file: string;
  readonly text: string;
  readonly read: (folder: string, file: string) => Promise<unknown>;
}[] = [
  { file: 'scenario.json', text: '{ "name": "a" }', read: (_, file) => loadScenario(file) },
  { file: 'scenario.yaml', text: 'name: a\n', read: (_, file) => loadScenario(file) },
  { file: 'config.json', text: '', read: (folder) => loadModel(folder) },
  { file: 'tokenizer.json', text: '', read: (folder) => loadTokenizer(folder) },
  {
    file: 'vocab.txt',
    text: '[UNK]\n[CLS]\n[SEP]\na\n',
    read: async (folder) => {
      rmSync(join(folder, 'tokenizer.json'));
      return (await loadWordPiece(folder)).encode('a');
    },
  },
  {
    file: 'instructions.json',
    text: '[{ "instruction": "a", "input": "", "output": "b" }]',
    read: async (_, file) => (await loadInstructions(file)).rows,
  },
  { file: 'pairs.jsonl', text: pair, read: async (_, file) => (await loadPreferences(file, 'helpful')).rows },
  { file: 'trace.csv', text: 'seconds,gain\n0,1\n1,2\n', read: (_, file) => readRecording(file) },
];

describe('text files from outside', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pwff-text-'));
    cpSync(embedded, folder, { recursive: true });
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** What reading gives, with functions by their names: they differ from one reading to the next. */
  const told = (value: unknown) =>
    JSON.stringify(value, (_, each: unknown) => (ArrayBuffer.isView(each) ? each.byteLength : each));

  for (const { file: name, text, read } of kinds) {
    const readWith = async (mark: readonly number[], encoding: BufferEncoding) => {
      const file = join(folder, name);
      const plain = text === '' ? readFileSync(join(embedded, name), 'utf8') : text;
      writeFileSync(file, Buffer.concat([Buffer.from(mark), Buffer.from(plain, encoding)]));
      return told(await read(folder, file));
    };

    it(`${name} is the same with a byte-order mark and without, in UTF-8 and UTF-16`, async () => {
      const plain = await readWith([], 'utf8');
      cpSync(embedded, folder, { recursive: true });
      assert.equal(await readWith([0xef, 0xbb, 0xbf], 'utf8'), plain);
      cpSync(embedded, folder, { recursive: true });
      assert.equal(await readWith([0xff, 0xfe], 'utf16le'), plain);
    });

    it(`${name} that is a Git LFS pointer is called one, with what to run`, async () => {
      const file = join(folder, name);
      writeFileSync(file, lfsPointer);
      await assert.rejects(read(folder, file), isPointerAt(file, folder));
    });
  }

  it('weights that are a Git LFS pointer are called one, with what to run', async () => {
    const file = join(folder, 'model.safetensors');
    writeFileSync(file, lfsPointer);
    await assert.rejects(loadModel(folder), isPointerAt(file, folder));
  });
});

/** As the specification of Git LFS has it. */
const lfsPointer =
  'version https://git-lfs.github.com/spec/v1\n' +
  'oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 548105171\n';

function isPointerAt(file: string, folder: string): (thrown: unknown) => true {
  return (thrown) => {
    assert.ok(thrown instanceof UserError, String(thrown));
    assert.ok(thrown.message.startsWith(`${file}: is a Git LFS pointer`), thrown.message);
    assert.ok(thrown.message.includes(`"git lfs pull" in ${folder}`), thrown.message);
    assert.ok(!thrown.message.includes('\n'));
    return true;
  };
}
