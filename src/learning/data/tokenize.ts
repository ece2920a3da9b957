import { isDeepStrictEqual } from 'node:util';
import { promptText, responseText, type Template } from './template.js';
import { column, columns, tableHash, type TokenTable } from './token-table.js';
import type { Tokenizer } from './tokenizer.js';
import type { Example, PreferencePair, Prompt } from './types.js';

/** What became of rows, or of pairs, as they were made tokens. */
export interface RowCounts {
  readonly rows: number;
  /** How many lost tokens to the context of the model that reads them. */
  readonly truncated: number;
  /** How many pairs were left out because both answers are the same tokens (once they are cut). */
  readonly alike: number;
}

export interface Tokenized extends RowCounts {
  readonly table: TokenTable;
}

/** One row before it is laid into a table; positions count from the row's first token. */
export interface Row {
  readonly tokens: readonly number[];
  readonly response: number;
  readonly content: readonly [start: number, end: number];
  readonly truncated: boolean;
}

/**
 * Instructions with their answers and end-of-text, one row each in order, none longer than `maxTokens` (>=
 * 2). Of a row that is too long the prompt loses tokens on its left, down to half of `maxTokens`; then the
 * response is cut, and has no end-of-text. The content columns bound the tokens that share a character with
 * `content`, or the whole response.
 */
export function exampleTable(
  examples: readonly Example[],
  tokenizer: Tokenizer,
  template: Template,
  maxTokens: number,
): Tokenized {
  return tokenizedRows(
    examples.map((example) => {
      const prompt = tokenizer.encode(promptText(template, example));
      return rowOf(prompt, example.output, example.content, tokenizer, template, maxTokens);
    }),
  );
}

/**
 * Preference pairs, two rows each: chosen, then rejected, both as in {@link exampleTable}; without those that
 * are alike.
 */
export function pairTable(
  pairs: readonly PreferencePair[],
  tokenizer: Tokenizer,
  template: Template,
  maxTokens: number,
): Tokenized {
  return tokenizedPairs(
    pairs.map((pair) => {
      const prompt = tokenizer.encode(promptText(template, pair));
      const row = (output: string) => rowOf(prompt, output, undefined, tokenizer, template, maxTokens);
      return [row(pair.chosen), row(pair.rejected)];
    }),
  );
}

/**
 * Prompts alone: the response of every row is empty. One that is too long keeps its last `maxTokens` (>= 1)
 * tokens.
 */
export function promptTable(
  prompts: readonly Prompt[],
  tokenizer: Tokenizer,
  template: Template,
  maxTokens: number,
): Tokenized {
  checkRoom(maxTokens, 1);
  return tokenizedRows(
    prompts.map((prompt) => {
      const all = tokenizer.encode(promptText(template, prompt));
      const tokens = all.slice(-maxTokens);
      const end = tokens.length;
      return { tokens, response: end, content: [end, end], truncated: all.length > maxTokens };
    }),
  );
}

function checkRoom(maxTokens: number, least: number): void {
  if (!(maxTokens >= least)) throw new RangeError(`maxTokens is ${maxTokens}, expected at least ${least}`);
}

function rowOf(
  prompt: readonly number[],
  output: string,
  content: Example['content'],
  tokenizer: Tokenizer,
  template: Template,
  maxTokens: number,
): Row {
  checkRoom(maxTokens, 2);
  const answer = tokenizer.encode(responseText(template, output));
  const response = [...answer, tokenizer.endOfText];
  const room = Math.max(Math.ceil(maxTokens / 2), maxTokens - response.length);
  const keptPrompt = prompt.slice(Math.max(0, prompt.length - room));
  const tokens = [...keptPrompt, ...response].slice(0, maxTokens);
  const inContent = content
    ? contentTokens(answer, output, content, template, tokenizer)
    : ([0, answer.length] as const);
  const [start, end] = inContent.map((position) => Math.min(keptPrompt.length + position, tokens.length));
  const truncated = tokens.length < prompt.length + response.length;
  return { tokens, response: keptPrompt.length, content: [start!, end!], truncated };
}

/** The tokens [from, to) of a response that share a byte with the characters [start, end) of its output. */
function contentTokens(
  answer: readonly number[],
  output: string,
  [start, end]: readonly [number, number],
  { beforeResponse }: Template,
  tokenizer: Tokenizer,
): readonly [from: number, to: number] {
  const firstByte = Buffer.byteLength(beforeResponse + output.slice(0, start));
  const endByte = firstByte + Buffer.byteLength(output.slice(start, end));
  let position = 0;
  const ends = answer.map((id) => (position += tokenizer.byteLength(id)));
  const from = ends.filter((tokenEnd) => tokenEnd <= firstByte).length;
  const to = ends.filter((tokenEnd) => tokenEnd < endByte).length + 1;
  return end > start ? [from, to] : [from, from];
}

function tokenizedRows(rows: readonly Row[]): Tokenized {
  const truncated = rows.filter((row) => row.truncated).length;
  return { table: tableOf(rows), rows: rows.length, truncated, alike: 0 };
}

/** Pairs of rows in turn, without those whose rows are the same tokens: nothing can be learnt of them. */
export function tokenizedPairs(pairs: readonly (readonly [Row, Row])[]): Tokenized {
  const different = pairs.filter(([one, other]) => !isDeepStrictEqual(one.tokens, other.tokens));
  return {
    table: tableOf(different.flat()),
    rows: pairs.length,
    truncated: pairs.filter(([one, other]) => one.truncated || other.truncated).length,
    alike: pairs.length - different.length,
  };
}

/** Lays rows into shared memory, in their order. */
export function tableOf(rows: readonly Row[]): TokenTable {
  const total = rows.reduce((sum, { tokens }) => sum + tokens.length, 0);
  const tokens = new Int32Array(new SharedArrayBuffer(total * 4));
  const bounds = new Int32Array(new SharedArrayBuffer(rows.length * columns * 4));
  let offset = 0;
  rows.forEach((row, index) => {
    tokens.set(row.tokens, offset);
    const at = index * columns;
    bounds[at + column.start] = offset;
    bounds[at + column.response] = offset + row.response;
    bounds[at + column.contentStart] = offset + row.content[0];
    bounds[at + column.contentEnd] = offset + row.content[1];
    offset += row.tokens.length;
    bounds[at + column.end] = offset;
  });
  return { hash: tableHash({ rows: bounds, tokens }), count: rows.length, tokens, rows: bounds };
}

/** Some rows of a table, by their numbers; the tokens stay where they are. */
export function rowsOf({ tokens, rows }: TokenTable, numbers: readonly number[]): TokenTable {
  const bounds = new Int32Array(new SharedArrayBuffer(numbers.length * columns * 4));
  numbers.forEach((row, at) => bounds.set(rows.subarray(row * columns, (row + 1) * columns), at * columns));
  return { hash: tableHash({ rows: bounds, tokens }), count: numbers.length, tokens, rows: bounds };
}
