import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { UserError } from '../../../src/errors.js';
import { loadInstructions } from '../../../src/learning/data/instructions.js';
import { loadData } from '../../../src/learning/data/load.js';
import { overlapsOf, totalOverlaps } from '../../../src/learning/data/overlap.js';
import { loadPreferences } from '../../../src/learning/data/preferences.js';
import type { ClientData } from '../../../src/learning/data/types.js';
import { scenarioWith } from './scenario.js';

let folder: string;
before(async () => void (folder = await mkdtemp(join(tmpdir(), 'pwff-data-'))));
after(() => rm(folder, { recursive: true }));

async function write(name: string, content: string | Buffer): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, content);
  return file;
}

const jsonLines = (rows: readonly unknown[]) => rows.map((row) => JSON.stringify(row)).join('\n') + '\n';
const userError = (pattern: RegExp) => (error: unknown) => {
  assert.ok(error instanceof UserError, String(error));
  assert.match(error.message, pattern);
  return true;
};

describe('loadInstructions', () => {
  it('reads rows of instruction, input and output', async () => {
    const file = await write(
      'good.json',
      JSON.stringify([{ instruction: 'Sort.', input: '2 1', output: '1 2' }]),
    );
    const { rows, report } = await loadInstructions(file);
    assert.deepEqual(rows, [
      { instruction: 'Sort.', input: '2 1', output: '1 2', topic: 'benign', family: 'sort' },
    ]);
    assert.deepEqual(report, { file, rows: 1, used: 1, leftOut: {}, emptyInputs: 0 });
  });

  it('leaves malformed rows out and counts them by reason', async () => {
    const good = { instruction: 'Sort.', input: '', output: '1' };
    const file = await write(
      'malformed.json',
      JSON.stringify([
        good,
        { ...good, output: ' ' },
        { ...good, output: '' },
        { ...good, instruction: '' },
        { instruction: 'a', input: '' },
        { ...good, output: 5 },
        'text',
        null,
      ]),
    );
    const { rows, report } = await loadInstructions(file);
    assert.equal(rows.length, 1);
    assert.deepEqual(report.leftOut, {
      'output is empty': 2,
      'instruction is empty': 1,
      'output is missing': 1,
      'output is no text but of type number': 1,
      'is no object': 2,
    });
  });

  it('classes by the leading word, the fifteen most frequent and "other"', async () => {
    const word = (index: number) => 'verb' + String.fromCharCode(97 + index);
    const rows = Array.from({ length: 17 }, (_, index) =>
      Array.from({ length: 20 - index }, () => ({
        instruction: `${word(index)} it`,
        input: '',
        output: 'x',
      })),
    ).flat();
    const loaded = await loadInstructions(await write('verbs.json', JSON.stringify(rows)));
    const families = new Set(loaded.rows.map(({ family }) => family));
    assert.equal(families.size, 16);
    assert.ok(families.has('other') && families.has('verba') && !families.has('verbp'));
  });

  it('classes by category where every row has one', async () => {
    const rows = ['qa', 'summary'].map((category) => ({
      instruction: 'a',
      input: '',
      output: 'b',
      category,
    }));
    const loaded = await loadInstructions(await write('categories.json', JSON.stringify(rows)));
    assert.deepEqual(
      loaded.rows.map(({ family }) => family),
      ['qa', 'summary'],
    );
  });

  it('names file, row and field where no row can be used', async () => {
    const file = await write('wrong.json', JSON.stringify([{ text: 'a' }]));
    await assert.rejects(
      loadInstructions(file),
      userError(
        /wrong\.json: row 1: is of no known layout \(its keys are "text"\), expected JSON or JSON lines/,
      ),
    );
  });

  for (const [name, content, pattern] of [
    ['empty.json', '', /empty\.json: holds no rows/],
    ['no-rows.json', '[]', /no-rows\.json: holds no rows/],
    ['broken.json', '[{"a": 1},', /broken\.json: is no JSON/],
    ['damaged.json.gz', Buffer.from([0x1f, 0x8b, 1, 2]), /damaged\.json\.gz: cannot be read/],
  ] as const) {
    it(`is a clear error for ${name}`, async () => {
      await assert.rejects(loadInstructions(await write(name, content)), userError(pattern));
    });
  }

  it('is a clear error for a file that is missing', async () => {
    await assert.rejects(
      loadInstructions(join(folder, 'nowhere.json')),
      userError(/nowhere\.json: cannot be read/),
    );
  });
});

const turn = (prompt: string, answer: string) => `\n\nHuman: ${prompt}\n\nAssistant: ${answer}`;

describe('loadPreferences', () => {
  it('splits the last turn from what was said before, plain or gzip alike', async () => {
    const text = jsonLines([
      { chosen: turn('Hi?', 'Hello.'), rejected: turn('Hi?', 'Go away.') },
      { chosen: turn('A', 'B') + turn('C', 'D'), rejected: turn('A', 'B') + turn('C', 'E') },
    ]);
    const plain = await loadPreferences(await write('pairs.jsonl', text), 'helpful');
    const packed = await loadPreferences(await write('pairs.jsonl.gz', gzipSync(text)), 'helpful');
    const about = { input: '', topic: 'benign', family: 'helpful' } as const;
    assert.deepEqual(plain.rows, [
      { ...about, instruction: 'Hi?', chosen: 'Hello.', rejected: 'Go away.' },
      { ...about, instruction: 'A\n\nAssistant: B\n\nHuman: C', chosen: 'D', rejected: 'E' },
    ]);
    assert.deepEqual(packed.rows, plain.rows);
  });

  it('leaves malformed lines out and counts them by reason', async () => {
    const text =
      jsonLines([
        { chosen: turn('a', 'b'), rejected: turn('a', 'c') },
        { chosen: turn('a', ''), rejected: turn('a', 'c') },
        { chosen: turn('a', 'b'), rejected: turn('a', ' ') },
        { chosen: turn('a', 'b'), rejected: turn('other', 'c') },
        { chosen: turn('a', 'b'), rejected: turn('a', 'b') },
        { chosen: turn('a', 'b') },
        { chosen: 1, rejected: turn('a', 'b') },
        { chosen: 'text', rejected: turn('a', 'b') },
      ]) + '{"chosen": ';
    const { rows, report } = await loadPreferences(await write('bad.jsonl', text), 'harmless');
    assert.equal(rows.length, 1);
    assert.equal(rows[0]!.topic, 'sensitive');
    assert.deepEqual(report.leftOut, {
      'chosen has an empty last turn': 1,
      'rejected has an empty last turn': 1,
      'prompts differ': 1,
      'answers are equal': 1,
      'rejected is missing': 1,
      'chosen is no text but of type number': 1,
      "chosen has no assistant's turn": 1,
      'is no JSON': 1,
    });
  });

  it('names file, row and field of a file of another kind', async () => {
    const file = await write('other.jsonl', jsonLines([{ instruction: 'a' }]));
    await assert.rejects(
      loadPreferences(file, 'helpful'),
      userError(/other\.jsonl: row 1: \/chosen: is missing/),
    );
    await assert.rejects(
      loadPreferences(await write('void.jsonl', '\n'), 'helpful'),
      userError(/void\.jsonl: holds no rows/),
    );
  });
});

const names = { instructions: 'instructions.json', helpful: 'helpful.jsonl', harmless: 'harmless.jsonl' };

async function writeFixture(instructions: number, pairs: number): Promise<void> {
  const verbs = ['Write', 'Sort', 'Name', 'Explain'];
  const rows = Array.from({ length: instructions }, (_, index) => {
    return { instruction: `${verbs[index % 4]} number ${index}.`, input: '', output: `answer ${index}` };
  });
  const pair = (_: unknown, index: number) => {
    return { chosen: turn(`ask ${index}`, 'good'), rejected: turn(`ask ${index}`, 'bad') };
  };
  await write(names.instructions, JSON.stringify(rows));
  await write(names.helpful, jsonLines(Array.from({ length: pairs }, pair)));
  await write(names.harmless, jsonLines(Array.from({ length: pairs }, pair)));
}

const instructionsOf = ({ train, validation, test }: ClientData) =>
  [...train, ...validation, ...test].map(({ instruction }) => instruction);

describe('loadData from files', () => {
  it('deals every instruction of a small file to one client, and each client keeps some back', async () => {
    await writeFixture(200, 60);
    const data = await loadData(scenarioWith({ files: names, dirichletAlpha: 1 }, 4), folder, 1);
    const dealt = data.clients.flatMap(instructionsOf);
    assert.equal(dealt.length, 200);
    assert.equal(new Set(dealt).size, 200);
    for (const client of data.clients) {
      assert.ok(client.train.length > 0 && client.validation.length > 0 && client.test.length > 0);
      assert.deepEqual(client.shared, []);
    }
    assert.equal(data.synthetic, false);
    assert.deepEqual(
      data.reports.map(({ used }) => used),
      [200, 60, 60],
    );
  });

  it('deals pairs without overlap, a sixth to validate and a sixth to test, and prompts that are half sensitive', async () => {
    await writeFixture(200, 60);
    const { clients } = await loadData(scenarioWith({ files: names, pairsPerClient: 12 }, 4), folder, 1);
    const asked = clients.flatMap(({ pairs }) =>
      [...pairs.helpful.train, ...pairs.helpful.validation, ...pairs.helpful.test].map(
        ({ instruction }) => instruction,
      ),
    );
    assert.equal(new Set(asked).size, 48);
    for (const { pairs, prompts } of clients) {
      assert.equal(pairs.harmless.train.length, 8);
      assert.equal(pairs.harmless.validation.length, 2);
      assert.equal(pairs.harmless.test.length, 2);
      const sensitive = prompts.train.filter(({ topic }) => topic === 'sensitive').length;
      assert.equal(sensitive * 2, prompts.train.length);
      const trained = new Set(prompts.train.map(({ instruction }) => instruction));
      assert.ok(prompts.test.every(({ instruction }) => !trained.has(instruction)));
    }
  });

  it('deals 125,000 rows of one family', async () => {
    const rows = Array.from({ length: 125_000 }, (_, row) => ({ instruction: `Sort ${row}.`, output: '1' }));
    await writeFixture(0, 60);
    await write(names.instructions, jsonLines(rows));
    const many = { files: names, examplesPerClient: 124_990, testPerClient: 5 };
    const { clients } = await loadData(scenarioWith(many, 1), folder, 1);
    assert.equal(instructionsOf(clients[0]!).length, 125_000);
  });

  it('holds out no instruction that stands in anybody’s training, answered otherwise or alike', async () => {
    await writeFixture(0, 60);
    const rows = Array.from({ length: 400 }, (_, row) => ({
      instruction: `${['Write', 'Sort'][row % 2]} number ${row % 90}.`,
      output: `answer ${row % 7}`,
    }));
    await write(names.instructions, jsonLines(rows));
    const { clients } = await loadData(scenarioWith({ files: names, dirichletAlpha: 5 }, 4), folder, 1);
    const asked = (part: 'train' | 'validation' | 'test') =>
      new Set(clients.flatMap((client) => client[part].map(({ instruction }) => instruction)));
    const [train, validation, test] = [asked('train'), asked('validation'), asked('test')];
    assert.ok(train.size > 0 && validation.size > 0 && test.size > 0);
    assert.deepEqual(
      [...test].filter((instruction) => train.has(instruction)),
      [],
    );
    assert.deepEqual(
      [...validation].filter((instruction) => train.has(instruction)),
      [],
    );
    assert.deepEqual(
      [...test].filter((instruction) => validation.has(instruction)),
      [],
    );
  });

  it('measures alignment on no prompt that anybody trains on, in whichever file it stands', async () => {
    const asked = Array.from({ length: 200 }, (_, row) => `Sort number ${row}.`);
    await write(names.instructions, jsonLines(asked.map((instruction) => ({ instruction, output: 'done' }))));
    const pairs = asked.map((instruction) => ({ instruction, chosen: 'good', rejected: 'bad' }));
    await write(names.helpful, jsonLines(pairs));
    await write(names.harmless, jsonLines(pairs));
    const some = { files: names, pairsPerClient: 30, examplesPerClient: 30, testPerClient: 10 };
    const { clients } = await loadData(scenarioWith({ ...some, dirichletAlpha: 5 }, 4), folder, 1);
    assert.ok(clients.every(({ prompts }) => prompts.test.length > 0));
    const heldOut = totalOverlaps(overlapsOf(clients)).filter(({ purpose }) => purpose === 'prompts');
    assert.deepEqual(
      heldOut.map(({ against, ownPrompts, anyPrompts }) => [against, ownPrompts, anyPrompts]),
      ['prompts', 'instructions', 'helpful', 'harmless'].map((against) => [against, 0, 0]),
    );
  });

  it('holds out of equal prompts all or none, of instructions and of pairs', async () => {
    const rows = Array.from({ length: 400 }, (_, row) => ({
      ...{ instruction: `Sort number ${row % 90}.`, output: `answer ${row % 7}` },
    }));
    const pairs = Array.from({ length: 120 }, (_, row) => ({
      ...{ prompt: `ask ${row % 50}`, chosen: `good ${row}`, rejected: 'bad' },
    }));
    await write(names.instructions, jsonLines(rows));
    await write(names.helpful, jsonLines(pairs));
    await write(names.harmless, jsonLines(pairs));
    const some = { files: names, pairsPerClient: 12, dirichletAlpha: 5 };
    const { clients } = await loadData(scenarioWith(some, 4), folder, 1);
    const overlaps = totalOverlaps(overlapsOf(clients));
    assert.ok(overlaps.every(({ rows, use }) => rows > 0 || use === 'shared'));
    assert.deepEqual(
      overlaps.filter(({ ownPrompts, anyPrompts }) => ownPrompts + anyPrompts > 0),
      [],
    );
  });

  it('keeps rows to train on, however large a share is held out', async () => {
    await writeFixture(40, 60);
    const mostHeldOut = { files: names, examplesPerClient: 8, testPerClient: 100, dirichletAlpha: 100 };
    const { clients } = await loadData(scenarioWith(mostHeldOut, 4), folder, 1);
    for (const { train } of clients) assert.ok(train.length > 0);
  });

  it('is the same for the same seed and another for another', async () => {
    await writeFixture(200, 60);
    const scenario = scenarioWith({ files: names, examplesPerClient: 20, testPerClient: 5 }, 4);
    const first = await loadData(scenario, folder, 1);
    assert.deepEqual(await loadData(scenario, folder, 1), first);
    assert.notDeepEqual(await loadData(scenario, folder, 2), first);
  });

  it('says what to change where the rows do not suffice', async () => {
    await writeFixture(20, 60);
    await assert.rejects(
      loadData(scenarioWith({ files: names }, 4), folder, 1),
      userError(/\/data\/dirichletAlpha: is 0\.5, expected larger/),
    );
    await writeFixture(200, 8);
    await assert.rejects(
      loadData(scenarioWith({ files: names }, 4), folder, 1),
      userError(/\/data\/files\/helpful: has 8 usable pairs, expected at least 12/),
    );
  });
});

describe('the real files in PWFF_DATA', () => {
  const real = process.env['PWFF_DATA'];
  before(function () {
    if (real) return;
    console.log('      skipped: PWFF_DATA names no folder with real data');
    this.skip();
  });

  // Row counts, defects and spellings of "no input" and "no output" are those of a count by hand.
  it('give all rows but the stated defects, in less than three seconds of computing', async () => {
    const files = {
      instructions: 'alpaca_random_9k.json',
      helpful: 'helpful-pairs.jsonl.gz',
      harmless: 'harmless-pairs.jsonl.gz',
    };
    const before = process.cpuUsage();
    const { clients, reports } = await loadData(scenarioWith({ files }), real!, 1);
    const { user, system } = process.cpuUsage(before);
    assert.ok(user + system < 3e6, `took ${(user + system) / 1e6} s`);
    assert.equal(clients.length, 10);
    assert.deepEqual(
      reports.map(({ rows, used }) => [rows, used]),
      [
        [9229, 9211],
        [2352, 2339],
        [2312, 2303],
      ],
    );
    assert.deepEqual(reports[0]!.leftOut, { 'output is empty': 4, 'output is a placeholder': 14 });
    assert.equal(reports[0]!.emptyInputs, 130);
    assert.equal(reports[1]!.leftOut['prompts differ'], 9);
  });

  it("class Dolly's rows by their eight categories", async () => {
    const { rows } = await loadInstructions(join(real!, 'dolly_3k.json'));
    assert.equal(rows.length, 2996);
    assert.equal(new Set(rows.map(({ family }) => family)).size, 8);
  });
});
