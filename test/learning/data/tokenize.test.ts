import assert from 'node:assert/strict';
import fc from 'fast-check';
import { compact, promptText, responseText, type Template } from '../../../src/learning/data/template.js';
import { exampleTable, pairTable, promptTable } from '../../../src/learning/data/tokenize.js';
import { columns, type TokenTable } from '../../../src/learning/data/token-table.js';
import { createTokenizer } from '../../../src/learning/data/tokenizer.js';
import { trainTokenizer } from '../../../src/learning/data/train-tokenizer.js';
import type { Example } from '../../../src/learning/data/types.js';

// One token a byte, end-of-text 256: token positions are byte positions, which a reader can count.
const bytes = createTokenizer(trainTokenizer([], 257));
const bare: Template = {
  name: 'bare',
  withInput: '{instruction}{input}',
  withoutInput: '{instruction}',
  beforeResponse: '',
};
const about = { topic: 'benign', family: 'test', input: '' } as const;

const rowOf = ({ tokens, rows }: TokenTable, row: number) => {
  const [start, response, contentStart, contentEnd, end] = rows.subarray(row * columns, (row + 1) * columns);
  const text = (from: number, to: number) => bytes.decode(tokens.subarray(from, to));
  return {
    prompt: text(start!, response!),
    response: text(response!, end!),
    content: text(contentStart!, contentEnd!),
    ends: tokens[end! - 1] === bytes.endOfText,
    length: end! - start!,
  };
};

describe('exampleTable', () => {
  it('lays prompt, response and end-of-text into shared memory, one row after the other', () => {
    const rows: Example[] = [
      { ...about, instruction: 'ab', output: 'xyz' },
      { ...about, instruction: 'c', output: '' },
    ];
    const { table, truncated } = exampleTable(rows, bytes, bare, 16);
    assert.equal(truncated, 0);
    assert.equal(table.count, 2);
    assert.deepEqual([...table.rows], [0, 2, 2, 5, 6, 6, 7, 7, 7, 8]);
    assert.deepEqual([...table.tokens], [...bytes.encode('abxyz'), 256, ...bytes.encode('c'), 256]);
    assert.ok(
      table.tokens.buffer instanceof SharedArrayBuffer && table.rows.buffer instanceof SharedArrayBuffer,
    );
  });

  it('bounds the tokens that carry the answer itself', () => {
    const row: Example = { ...about, instruction: 'ab', output: 'sure: dog, bye', content: [6, 9] };
    const { table } = exampleTable([row], bytes, compact, 64);
    assert.deepEqual(rowOf(table, 0), {
      prompt: 'Q: ab\nA:',
      response: ' sure: dog, bye',
      content: 'dog',
      ends: true,
      length: 24,
    });
  });

  it('counts a token that is partly style as content, whatever the length of its letters', () => {
    const merging = createTokenizer(trainTokenizer(['é é é dog dog'], 300));
    const row: Example = { ...about, instruction: 'a', output: 'é dog é', content: [2, 5] };
    const { tokens, rows } = exampleTable([row], merging, bare, 64).table;
    assert.equal(merging.decode(tokens.subarray(rows[2], rows[3])), ' dog');
  });

  it('takes tokens from the left of a prompt that is too long', () => {
    const row: Example = { ...about, instruction: '0123456789', output: 'xy', content: [1, 2] };
    const { table, truncated } = exampleTable([row], bytes, bare, 8);
    assert.equal(truncated, 1);
    assert.deepEqual(rowOf(table, 0), {
      prompt: '56789',
      response: 'xy',
      content: 'y',
      ends: true,
      length: 8,
    });
  });

  it('cuts a response that is too long, which then has no end', () => {
    const row: Example = { ...about, instruction: '0123456789', output: 'abcdefghijkl' };
    const { table, truncated } = exampleTable([row], bytes, bare, 8);
    assert.equal(truncated, 1);
    assert.deepEqual(rowOf(table, 0), {
      prompt: '6789',
      response: 'abcd',
      content: 'abcd',
      ends: false,
      length: 8,
    });
  });

  it('never has a row longer than allowed, and no bounds out of order', () => {
    const examples = fc.record({
      instruction: fc.string({ maxLength: 30 }),
      output: fc.string({ maxLength: 30 }),
      maxTokens: fc.integer({ min: 2, max: 40 }),
    });
    fc.assert(
      fc.property(examples, ({ instruction, output, maxTokens }) => {
        const content = [Math.floor(output.length / 3), output.length] as const;
        const { table } = exampleTable([{ ...about, instruction, output, content }], bytes, bare, maxTokens);
        const bounds = [...table.rows];
        assert.deepEqual(
          bounds,
          bounds.toSorted((a, b) => a - b),
        );
        assert.ok(bounds[4]! <= maxTokens);
        const whole = [instruction, output].reduce((sum, text) => sum + Buffer.byteLength(text), 1);
        assert.equal(bounds[4], Math.min(maxTokens, whole, bounds[1]! + Buffer.byteLength(output) + 1));
      }),
    );
  });

  it('has the hash of its content', () => {
    const rows: Example[] = [{ ...about, instruction: 'ab', output: 'xyz' }];
    const hash = (examples: Example[]) => exampleTable(examples, bytes, bare, 16).table.hash;
    assert.equal(hash(rows), hash(rows));
    assert.notEqual(hash(rows), hash([{ ...rows[0]!, instruction: 'a', output: 'bxyz' }]));
    assert.match(hash([]), /^[0-9a-f]{64}$/);
  });
});

describe('pairTable', () => {
  it('has chosen and rejected in turn', () => {
    const pair = { ...about, instruction: 'q', chosen: 'good', rejected: 'bad' };
    const { table } = pairTable([pair, { ...pair, chosen: 'yes' }], bytes, bare, 16);
    assert.deepEqual(
      [0, 1, 2, 3].map((row) => rowOf(table, row).response),
      ['good', 'bad', 'yes', 'bad'],
    );
  });
});

describe('pairs that are alike once cut', () => {
  it('are left out of the table and counted, as are pairs that lose tokens', () => {
    const pair = { ...about, instruction: 'q', chosen: 'good', rejected: 'bad' };
    const same = { ...pair, chosen: '0123456789 yes', rejected: '0123456789 no' };
    const cut = { ...pair, chosen: '0123456789' };
    const { table, ...counts } = pairTable([pair, same, cut], bytes, bare, 8);
    assert.deepEqual(counts, { rows: 3, truncated: 2, alike: 1 });
    assert.deepEqual(
      [0, 1, 2, 3].map((row) => rowOf(table, row).response),
      ['good', 'bad', '0123456', 'bad'],
    );
  });
});

describe('promptTable', () => {
  it('has prompts without a response, the end of those that are too long', () => {
    const { table, truncated } = promptTable(
      [
        { instruction: 'abc', input: '' },
        { instruction: '0123456789', input: '' },
      ],
      bytes,
      bare,
      5,
    );
    assert.equal(truncated, 1);
    assert.deepEqual([...table.rows], [0, 3, 3, 3, 3, 3, 8, 8, 8, 8]);
    assert.equal(rowOf(table, 1).prompt, '56789');
  });

  it('tokenizes a prompt as exampleTable does, so that sampling continues what training saw', () => {
    const prompt = { instruction: 'Sort:', input: 'c a' };
    const { table } = promptTable([prompt], bytes, compact, 64);
    const whole = promptText(compact, prompt) + responseText(compact, 'a c');
    const example = exampleTable([{ ...about, ...prompt, output: 'a c' }], bytes, compact, 64).table;
    assert.equal(rowOf(example, 0).prompt, rowOf(table, 0).prompt);
    assert.equal(bytes.decode(example.tokens), whole);
  });

  it('refuses a length without room for a token', () => {
    assert.throws(() => promptTable([], bytes, bare, 0), RangeError);
  });
});
