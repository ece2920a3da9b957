import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { UserError } from '../src/errors.js';
import { nameOfIdentity, type Identity } from '../src/journal/identity.js';
import { TaskJournal } from '../src/journal/task-journal.js';
import { loadInstructions } from '../src/learning/data/instructions.js';
import { tokenizerFiles } from '../src/learning/training/reward-models/tokenizers.js';
import { readRecording } from '../src/radio/channel/fading/recording.js';
import { readRun } from '../src/records/read.js';
import { loadScenario } from '../src/scenario/load.js';
import { readFailure, readStudyFile } from '../src/study/study-file.js';

describe('files that were made to do harm', () => {
  let folder = '';
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'pwff-hostile-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  const write = (name: string, content: string | Uint8Array) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const refused = (reading: Promise<unknown>, words: RegExp) =>
    assert.rejects(reading, (error) => error instanceof UserError && words.test(error.message));

  for (const [what, name, text, words] of [
    [
      'nests a hundred thousand deep',
      's.json',
      `{"a":${'['.repeat(1e5)}${']'.repeat(1e5)}}`,
      /nests .* too deep/,
    ],
    ['nests in YAML', 's.yaml', `a: ${'['.repeat(5000)}${']'.repeat(5000)}`, /nests .* too deep/],
    ['has an alias within its anchor', 's.yaml', 'a: &a [*a]', /nests .* too deep/],
    ['has an alias to nothing', 's.yaml', 'a: *nobody', /not YAML/],
    ['has a key __proto__', 's.json', '{"__proto__":{"name":"a"}}', /the key "__proto__"/],
    ['has a key __proto__ in YAML', 's.yaml', '__proto__: { name: a }', /the key "__proto__"/],
    ['is larger than a scenario', 's.json', ' '.repeat(1 << 19), /has 524288 bytes, more than 262144/],
  ] as const) {
    it(`a scenario that ${what} is refused in words`, () => refused(loadScenario(write(name, text)), words));
  }

  it('aliases of aliases of aliases are refused', async () => {
    const names = [...'abcdefgh'];
    const lines = names.map(
      (name, i) =>
        `${name}: &${name} [${Array(9)
          .fill(i ? `*${names[i - 1]}` : 'x')
          .join()}]`,
    );
    await refused(loadScenario(write('s.yaml', lines.join('\n'))), /alias/);
  });

  it('a version that a YAML file names does not change what its words mean', async () => {
    const file = write('s.yaml', '%YAML 1.1\n---\nname: a\nmodel: { preinstalled: yes }\n');
    await refused(loadScenario(file), /preinstalled: is "yes"/);
  });

  it('what steers a terminal is printed as an escape, and a line ends after 1,900 characters', () => {
    const { message } = new UserError(`a\u001b[2J\u009b\u202e${'x'.repeat(5000)}\nb`);
    assert.match(message, /^a\\u001b\[2J\\u009b\\u202ex+…\nb$/);
    assert.ok(message.length < 2000);
  });

  it('of ten thousand problems a hundred lines are shown', () => {
    const { message } = new UserError('line\n'.repeat(10_000));
    assert.equal(message.split('\n').length, 101);
  });

  it('gzip that unpacks to a gibibyte is refused', async () => {
    const member = gzipSync(Buffer.alloc(1 << 24));
    const bomb = Buffer.concat(Array<Buffer>(64).fill(member));
    await refused(loadInstructions(write('rows.json.gz', bomb)), /cannot be read/);
  });

  it('a row of data that nests too deep is left out', async () => {
    const rows = ['{"instruction":"a","output":"b"}', '['.repeat(1e5) + ']'.repeat(1e5)];
    const { report } = await loadInstructions(write('rows.jsonl', rows.join('\n')));
    assert.deepEqual([report.rows, report.used], [2, 1]);
  });

  it('a trace of a million lines is refused', () =>
    refused(
      readRecording(write('trace.csv', `seconds,gain\n${'\n'.repeat(1e6)}`)),
      /more than 500000 lines/,
    ));

  it('records of another form are refused, with the failure as the cause', async () => {
    write('manifest.json', '{"format":"nothing"}');
    await refused(readRun(folder), /format/);
    write('manifest.json', 'null');
    await refused(readRun(folder), /another form/);
  });

  it("what stands in a study's folder in place of its list of runs, or of a failure, is refused", () => {
    const deep = '['.repeat(1e5) + ']'.repeat(1e5);
    const others = [
      'null',
      '{"format":"pwff-study-1"}',
      '{"format":"pwff-study-1","runs":[null]}',
      'no JSON',
      deep,
    ];
    for (const other of others) {
      const file = write('other.json', other);
      assert.throws(
        () => readStudyFile(file),
        /other\.json: is no study, expected one as pwff sweep writes it/,
      );
      assert.throws(() => readFailure(file), /other\.json: is no failure, expected .* remove it/);
    }
    assert.equal(readStudyFile(join(folder, 'none.json')), null);
  });

  it('a reward model whose tokenizer is a pipe, which has no end, is refused', async () => {
    execFileSync('mkfifo', [join(folder, 'vocab.txt')]);
    await refused(tokenizerFiles(folder), /vocab\.txt: cannot be read \(is no file\)/);
  });

  it('an entry of a journal whose checksum holds is not there where it is none, or names a file elsewhere', async () => {
    const identity: Identity = {
      format: 'pwff-journal-1',
      ...{ code: 'of this test', backend: 'none', version: '1', cpuFeatures: [], nodeMajor: 20 },
    };
    const inside = join(folder, nameOfIdentity(identity));
    mkdirSync(inside);
    const entries = [
      'null',
      '7',
      'no JSON',
      '{"key":"a","kind":"instruct","result":{"$float64":"AAAA"}}',
      '{"key":"a","kind":"instruct","result":{"set":{"$set":"../../../secret","kind":"lora"}}}',
    ];
    const signed = entries.map(
      (text) => `${createHash('sha256').update(text).digest('hex').slice(0, 16)} ${text}\n`,
    );
    writeFileSync(join(inside, 'a.tasks'), signed.join(''));
    const journal = new TaskJournal(folder, identity);
    assert.equal(journal.damaged, 4);
    assert.equal(await journal.find('a'), null);
    assert.equal(journal.damaged, 5);
  });
});
