import type { Prompt } from './types.js';

/** How a prompt and its response become text. The response is tokenized by itself, after `beforeResponse`. */
export interface Template {
  readonly name: string;
  /** With the placeholders {instruction} and {input}. */
  readonly withInput: string;
  /** For an empty input: with the placeholder {instruction}. */
  readonly withoutInput: string;
  /** What the response's own text begins with, so that its first word is tokenized like any other. */
  readonly beforeResponse: string;
}

/** Few tokens: for the embedded model. The response begins with a space. */
export const compact: Template = {
  name: 'compact',
  withInput: 'Q: {instruction} {input}\nA:',
  withoutInput: 'Q: {instruction}\nA:',
  beforeResponse: ' ',
};

/** The template that Alpaca was trained with (Taori et al., Stanford Alpaca, 2023, train.py: PROMPT_DICT). */
export const alpaca: Template = {
  name: 'alpaca',
  withInput:
    'Below is an instruction that describes a task, paired with an input that provides further context. ' +
    'Write a response that appropriately completes the request.\n\n' +
    '### Instruction:\n{instruction}\n\n### Input:\n{input}\n\n### Response:',
  withoutInput:
    'Below is an instruction that describes a task. ' +
    'Write a response that appropriately completes the request.\n\n' +
    '### Instruction:\n{instruction}\n\n### Response:',
  beforeResponse: '',
};

export const templates = { compact, alpaca };

/** The prompt as text. Placeholders inside the instruction or the input are left as they are. */
export function promptText(template: Template, { instruction, input }: Prompt): string {
  const form = input === '' ? template.withoutInput : template.withInput;
  return form.replace(/\{(instruction|input)\}/g, (_, slot) => (slot === 'input' ? input : instruction));
}

/** The response as text. */
export function responseText(template: Template, output: string): string {
  return template.beforeResponse + output;
}
