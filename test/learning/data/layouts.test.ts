import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { UserError } from '../../../src/errors.js';
import { instructionLayouts, loadInstructions } from '../../../src/learning/data/instructions.js';
import { loadPreferences, preferenceLayouts } from '../../../src/learning/data/preferences.js';
import { packageRoot } from '../../../src/paths.js';

let folder: string;
before(() => void (folder = mkdtempSync(join(tmpdir(), 'pwff-layouts-'))));
after(() => rmSync(folder, { recursive: true }));

/** The same rows as a JSON array, written over many lines, and as JSON lines with Windows line ends. */
function inBothForms(rows: readonly unknown[]): readonly string[] {
  const [array, lines] = [join(folder, 'rows.json'), join(folder, 'rows.jsonl')];
  writeFileSync(array, JSON.stringify(rows, null, 2));
  writeFileSync(lines, rows.map((row) => `${JSON.stringify(row)}\r\n`).join(''));
  return [array, lines];
}

const user = (content: string) => ({ role: 'user', content });
const assistant = (content: string) => ({ role: 'assistant', content });
const system = (content: string) => ({ role: 'system', content });

async function instructionsOf(...rows: readonly unknown[]) {
  const [array, lines] = await Promise.all(inBothForms(rows).map(loadInstructions));
  assert.deepEqual(lines!.rows, array!.rows);
  return {
    leftOut: lines!.report.leftOut,
    emptyInputs: lines!.report.emptyInputs,
    rows: lines!.rows.map(({ instruction, input, output }) => ({ instruction, input, output })),
  };
}

async function pairsOf(...rows: readonly unknown[]) {
  const [array, lines] = await Promise.all(inBothForms(rows).map((file) => loadPreferences(file, 'helpful')));
  assert.deepEqual(lines!.rows, array!.rows);
  return {
    leftOut: lines!.report.leftOut,
    emptyInputs: lines!.report.emptyInputs,
    rows: lines!.rows.map(({ instruction, input, chosen, rejected }) => [
      instruction,
      input,
      chosen,
      rejected,
    ]),
  };
}

describe('layouts of instructions, as a JSON array and as JSON lines', () => {
  const sorted = { instruction: 'Sort.', input: '', output: '1 2' };

  it('{instruction, input, output}, whose input may be missing or null', async () => {
    const { rows, leftOut } = await instructionsOf(
      { instruction: 'Sort.', input: '2 1', output: '1 2' },
      { instruction: 'Sort.', input: null, output: '1 2' },
      { instruction: 'Sort.', output: '1 2', text: 'Below is an instruction …' },
    );
    assert.deepEqual(rows, [{ ...sorted, input: '2 1' }, sorted, sorted]);
    assert.deepEqual(leftOut, {});
  });

  it('{prompt, completion} as text and as messages', async () => {
    const { rows } = await instructionsOf(
      { prompt: 'Sort.', completion: ' 1 2' },
      { prompt: [user('Sort.')], completion: [assistant('1 2')] },
    );
    assert.deepEqual(rows, [sorted, sorted]);
  });

  it('{messages}, whose last answer is taught after all that was said before', async () => {
    const { rows } = await instructionsOf(
      { messages: [user('Sort.'), assistant('1 2')] },
      { messages: [system('Be short.'), user('Hi'), assistant('Hello.'), user('Sort.'), assistant('1 2')] },
    );
    const instruction = 'Be short.\n\nHi\n\nAssistant: Hello.\n\nHuman: Sort.';
    assert.deepEqual(rows, [sorted, { ...sorted, instruction }]);
  });

  it('messages that end in a human turn, have another role or no text are left out and counted', async () => {
    const { rows, leftOut } = await instructionsOf(
      { messages: [user('Sort.'), assistant('1 2')] },
      { messages: [user('Sort.'), assistant('1 2'), user('Thanks.')] },
      { messages: [user('Sort.'), { role: 'tool', content: '1 2' }] },
      { messages: [user('Sort.'), { role: 'toString', content: '1 2' }] },
      { messages: [user('Sort.'), { role: 'assistant', content: null }] },
      { messages: [assistant('1 2')] },
      { messages: [] },
      { messages: 5 },
    );
    assert.equal(rows.length, 1);
    assert.deepEqual(leftOut, {
      'messages ends in a human turn': 1,
      'messages has a message whose role is none of system, user, assistant': 2,
      'messages has a message whose content is no text': 1,
      'messages has no prompt': 1,
      "messages has no assistant's turn": 1,
      'messages is no text but of type number': 1,
    });
  });
});

describe('layouts of preference pairs, as a JSON array and as JSON lines', () => {
  const expectedPair = ['Hi?', '', 'Hello.', 'Go away.'];

  it('{chosen, rejected} as hh-rlhf’s text and as messages that hold the prompt', async () => {
    const { rows } = await pairsOf(
      { chosen: '\n\nHuman: Hi?\n\nAssistant: Hello.', rejected: '\n\nHuman: Hi?\n\nAssistant: Go away.' },
      { chosen: [user('Hi?'), assistant('Hello.')], rejected: [user('Hi?'), assistant('Go away.')] },
    );
    assert.deepEqual(rows, [expectedPair, expectedPair]);
  });

  it('{prompt, chosen, rejected} as text, as messages, and as messages that repeat the prompt', async () => {
    const { rows } = await pairsOf(
      { prompt: 'Hi?', chosen: 'Hello.', rejected: 'Go away.' },
      { prompt: '\n\nHuman: Hi?\n\nAssistant:', chosen: ' Hello.', rejected: ' Go away.' },
      { prompt: [user('Hi?')], chosen: [assistant('Hello.')], rejected: [assistant('Go away.')] },
      {
        prompt: 'Hi?',
        chosen: [user('Hi?'), assistant('Hello.')],
        rejected: [user('Hi?'), assistant('Go away.')],
        score_chosen: 9,
      },
    );
    assert.deepEqual(rows, [expectedPair, expectedPair, expectedPair, expectedPair]);
  });

  it('{instruction, input, chosen, rejected} as text and as messages', async () => {
    const { rows } = await pairsOf(
      { instruction: 'Sort.', input: '2 1', chosen: '1 2', rejected: '2 1' },
      { instruction: 'Sort.', input: '2 1', chosen: [assistant('1 2')], rejected: [assistant('2 1')] },
      { instruction: 'Sort.', input: null, chosen: '1 2', rejected: '2 1' },
    );
    assert.deepEqual(rows, [
      ['Sort.', '2 1', '1 2', '2 1'],
      ['Sort.', '2 1', '1 2', '2 1'],
      ['Sort.', '', '1 2', '2 1'],
    ]);
  });

  it('leaves out and counts dialogues that end in a human turn, as text and as messages', async () => {
    const thanks = '\n\nHuman: Hi?\n\nAssistant: Hello.\n\nHuman: Thanks.';
    const { rows, leftOut } = await pairsOf(
      { prompt: 'Hi?', chosen: 'Hello.', rejected: 'Go away.' },
      { chosen: thanks, rejected: '\n\nHuman: Hi?\n\nAssistant: Go away.' },
      { chosen: [user('Hi?'), assistant('Hello.')], rejected: [user('Hi?'), assistant('Bye.'), user('Oh')] },
    );
    assert.equal(rows.length, 1);
    assert.deepEqual(leftOut, { 'chosen ends in a human turn': 1, 'rejected ends in a human turn': 1 });
  });
});

describe('rows that only say that there is nothing', () => {
  const empty = [
    ...[
      'No input',
      '<noinput>',
      '< no input >',
      'noinput',
      'No Input.',
      'NoInput',
      '`<noinput>`',
      '<noinput',
    ],
    ...['No input required.', 'no input needed', '(no input)', '[noinput]', '<noinputs>', '\\<noinput\\>'],
    ...['N/A', 'n/a.', '<N/A>', 'N.A.', 'NA', '<none>', 'None', 'null', 'NaN', '<no input>.', '<noinput>,'],
  ];

  it('as inputs are empty, in any spelling, and counted', async () => {
    const { rows, emptyInputs } = await instructionsOf(
      ...empty.map((input) => ({ instruction: 'a', input, output: 'b' })),
    );
    assert.deepEqual(
      rows.map(({ input }, index) => [empty[index], input]),
      empty.map((input) => [input, '']),
    );
    assert.equal(emptyInputs, empty.length);
    const pairs = await pairsOf({ instruction: 'a', input: 'N/A', chosen: 'b', rejected: 'c' });
    assert.deepEqual([pairs.rows, pairs.emptyInputs], [[['a', '', 'b', 'c']], 1]);
  });

  it('as answers are left out and counted', async () => {
    const answers = ['<nooutput>', '<No Output>', 'No output', 'N/A', '<none>', '(none)'];
    const { rows, leftOut } = await instructionsOf(
      ...answers.map((output) => ({ instruction: 'a', output })),
      { messages: [user('a'), assistant('<nooutput>')] },
      { instruction: 'a', output: 'b' },
    );
    assert.equal(rows.length, 1);
    assert.deepEqual(leftOut, { 'output is a placeholder': 6, 'messages is a placeholder': 1 });
    const pairs = await pairsOf(
      { prompt: 'a', chosen: 'b', rejected: '<nooutput>' },
      { prompt: 'a', chosen: 'b', rejected: 'c' },
    );
    assert.deepEqual(pairs.leftOut, { 'rejected is a placeholder': 1 });
  });

  it('are no texts that only begin so, nor sodium, nor the answer None', async () => {
    const inputs = ['No input was given to me', 'Norway', 'Na', 'None of them', '<noinput> 8', ''];
    const { rows, emptyInputs } = await instructionsOf(
      ...inputs.map((input) => ({ instruction: 'a', input, output: 'None' })),
    );
    assert.deepEqual(
      rows.map(({ input }) => input),
      inputs,
    );
    assert.equal(emptyInputs, 0);
  });
});

describe('rows of any form', () => {
  const turn = fc.record(
    { role: fc.constantFrom('user', 'assistant', 'system', 'tool'), content: fc.jsonValue({ maxDepth: 1 }) },
    { requiredKeys: [] },
  );
  const value = fc.oneof(
    fc.string(),
    fc.constantFrom('\n\nHuman: a\n\nAssistant: b', '', 'N/A', null),
    fc.array(turn),
    fc.jsonValue(),
  );
  const keys = [...new Set([...instructionLayouts, ...preferenceLayouts].flatMap((layout) => layout.keys))];
  const row = fc.oneof(
    fc.dictionary(fc.constantFrom(...keys, 'input', 'category'), value, { maxKeys: 6 }),
    fc.jsonValue(),
  );

  it('are read as trimmed text that is not empty, left out and counted, or refused in one line', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 6 }), async (rows) => {
        const file = join(folder, 'any.json');
        writeFileSync(file, JSON.stringify(rows));
        for (const load of [loadInstructions, (path: string) => loadPreferences(path, 'helpful')]) {
          const loaded = await load(file).catch((thrown: unknown) => {
            assert.ok(thrown instanceof UserError && !thrown.message.includes('\n'), String(thrown));
            return null;
          });
          if (loaded === null) continue;
          const { used, leftOut } = loaded.report;
          assert.equal(used + Object.values(leftOut).reduce((sum, times) => sum + times, 0), rows.length);
          for (const { input, ...texts } of loaded.rows) {
            for (const text of Object.values(texts)) assert.ok(isTrimmed(text), JSON.stringify(texts));
            assert.equal(input, input.trim());
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it('are refused in one line where a JSON array or a key of theirs has several', async () => {
    const file = join(folder, 'lines.json');
    for (const text of ['[\n{\n]', '[{"a\\nb": 1}]']) {
      writeFileSync(file, text);
      await assert.rejects(loadInstructions(file), ({ message }: Error) => !message.includes('\n'));
    }
  });
});

const isTrimmed = (text: unknown) => typeof text === 'string' && text !== '' && text === text.trim();

describe('rows of another layout', () => {
  it('name the first of them, its keys, and the layouts that are known', async () => {
    const [array] = inBothForms([{ text: 'a', label: 1 }]);
    for (const [load, layouts] of [
      [() => loadInstructions(array!), instructionLayouts],
      [() => loadPreferences(array!, 'helpful'), preferenceLayouts],
    ] as const) {
      await assert.rejects(load(), (thrown) => {
        assert.ok(thrown instanceof UserError, String(thrown));
        const { message } = thrown;
        assert.ok(
          message.startsWith(`${array}: row 1: is of no known layout (its keys are "text", "label")`),
        );
        for (const { form } of layouts) assert.ok(message.includes(form), `${message} without ${form}`);
        return true;
      });
    }
  });

  it('stand in docs/data.md, every one', () => {
    const text = readFileSync(join(packageRoot(), 'docs/data.md'), 'utf8');
    for (const { keys } of [...instructionLayouts, ...preferenceLayouts]) {
      const example = new RegExp(`\`\\{${keys.map((key) => `[^\`]*"${key}":`).join('')}[^\`]*\\}\``);
      assert.match(text, example);
    }
  });
});
