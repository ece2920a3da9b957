import type { Json } from '../json-file.js';
import { isDefect, optionalText, textField, type Defect } from './defect.js';
import { exchangeIn, promptIn } from './dialogue.js';
import type { Layout } from './layouts.js';
import { isEmptyOutput } from './placeholder.js';
import { loadRows, type Loaded } from './rows.js';
import type { Example, Prompt } from './types.js';

/** So many leading words are classes of their own. */
const namedClasses = 15;

interface Instruction extends Prompt {
  readonly output: string;
  readonly category: string | null;
}

/** Known layouts, in the order in which a row is tried. */
export const instructionLayouts: readonly Layout<Instruction>[] = [
  {
    form: '{instruction, input, output}',
    keys: ['instruction', 'output'],
    read(row) {
      const instruction = textField(row, 'instruction');
      if (isDefect(instruction)) return instruction;
      const input = optionalText(row, 'input');
      if (isDefect(input)) return input;
      const output = textField(row, 'output');
      if (isDefect(output)) return output;
      return instructionOf(row, ['instruction', instruction], input, ['output', output]);
    },
  },
  {
    form: '{messages: [{role, content}]}',
    keys: ['messages'],
    read(row) {
      const said = exchangeIn(row, 'messages', null);
      if (isDefect(said)) return said;
      return instructionOf(row, ['messages', said.prompt], '', ['messages', said.answer]);
    },
  },
  {
    form: '{prompt, completion}',
    keys: ['prompt', 'completion'],
    read(row) {
      const prompt = promptIn(row, 'prompt');
      if (isDefect(prompt)) return prompt;
      const said = exchangeIn(row, 'completion', prompt);
      if (isDefect(said)) return said;
      return instructionOf(row, ['prompt', said.prompt], '', ['completion', said.answer]);
    },
  },
];

type Field = readonly [name: string, text: string];

function instructionOf(
  row: Json,
  [from, prompt]: Field,
  input: string,
  [to, answer]: Field,
): Instruction | Defect {
  const [instruction, output] = [prompt.trim(), answer.trim()];
  if (instruction === '') return { field: from, is: from === 'messages' ? 'has no prompt' : 'is empty' };
  if (output === '') return { field: to, is: 'is empty' };
  if (isEmptyOutput(output)) return { field: to, is: 'is a placeholder' };
  const { category } = row;
  return {
    instruction,
    input: input.trim(),
    output,
    category: typeof category === 'string' && category.trim() !== '' ? category.trim() : null,
  };
}

/**
 * Instructions with their answers, in any of {@link instructionLayouts}, as JSON or JSON lines, plain or gzip.
 * Left out and counted: rows with an empty instruction or answer, an answer that only says that there is none
 * ("<nooutput>"), a missing field or a wrong type, a dialogue that ends in a human turn. Every row's topic is
 * benign; its family is its `category` where all rows have one, or else its instruction's first word where that
 * is among the fifteen most frequent, or "other".
 *
 * @throws UserError for a file that is missing, is no JSON, or holds no usable row.
 */
export async function loadInstructions(file: string): Promise<Loaded<Example>> {
  const loaded = await loadRows(file, instructionLayouts);
  const families = familiesOf(loaded.rows);
  const rows = loaded.rows.map(({ instruction, input, output }, index): Example => {
    return { instruction, input, output, topic: 'benign', family: families[index]! };
  });
  return { rows, report: loaded.report };
}

function familiesOf(rows: readonly Instruction[]): string[] {
  const categories = rows.map(({ category }) => category);
  if (categories.every((category) => category !== null)) return categories;
  const words = rows.map(({ instruction }) => /\p{L}+/u.exec(instruction)?.[0].toLowerCase() ?? 'other');
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  const frequent = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).slice(0, namedClasses);
  const named = new Set(frequent.map(([word]) => word));
  return words.map((word) => (named.has(word) ? word : 'other'));
}
