import assert from 'node:assert/strict';
import { alpaca, compact, promptText, responseText } from '../../../src/learning/data/template.js';

describe('promptText', () => {
  // The expected texts follow PROMPT_DICT of Stanford Alpaca's train.py.
  it("fills Alpaca's published template with an input", () => {
    const text = promptText(alpaca, { instruction: 'Sort them.', input: '3 1 2' });
    assert.equal(
      text,
      'Below is an instruction that describes a task, paired with an input that provides further context. ' +
        'Write a response that appropriately completes the request.\n\n' +
        '### Instruction:\nSort them.\n\n### Input:\n3 1 2\n\n### Response:',
    );
  });

  it("fills Alpaca's published template without an input", () => {
    const text = promptText(alpaca, { instruction: 'Say hello.', input: '' });
    assert.equal(
      text,
      'Below is an instruction that describes a task. ' +
        'Write a response that appropriately completes the request.\n\n' +
        '### Instruction:\nSay hello.\n\n### Response:',
    );
  });

  it('joins instruction and input in one line in the compact template', () => {
    assert.equal(promptText(compact, { instruction: 'Sort:', input: 'c a' }), 'Q: Sort: c a\nA:');
    assert.equal(promptText(compact, { instruction: 'What is it?', input: '' }), 'Q: What is it?\nA:');
  });

  it('leaves placeholders and dollar signs in the user’s own text as they are', () => {
    const text = promptText(compact, { instruction: 'Print {input} and $&', input: '{instruction}' });
    assert.equal(text, 'Q: Print {input} and $& {instruction}\nA:');
  });
});

describe('responseText', () => {
  it('begins with a space in the compact template only', () => {
    assert.equal(responseText(compact, 'a c'), ' a c');
    assert.equal(responseText(alpaca, 'a c'), 'a c');
  });
});
