import { UserError, messageOf } from '../../errors.js';
import { readTextFile } from '../../text-file.js';
import { textField, usableRows, type Defect, type Loaded } from './rows.js';
import type { Example } from './types.js';

const expected = "Alpaca's JSON: an array of {instruction, input, output} with text in each";

/** So many leading words are classes of their own. */
const namedClasses = 15;

/**
 * Instructions in Alpaca's JSON format, plain or gzip. Rows with an empty instruction or output, a missing
 * field (but `input`, which may be) or a wrong type are left out and counted. The literal inputs "No input"
 * and "<noinput>", in any spelling, are empty inputs. Every row's topic is benign; its family is its
 * `category` where all rows have one, or else its instruction's first word where that is among the fifteen
 * most frequent, or "other". UserError for a file that is missing, is no JSON, is no array, or holds no
 * usable row.
 */
export async function loadInstructions(file: string): Promise<Loaded<Example>> {
  const loaded = usableRows(file, expected, await readArray(file), readRow);
  const families = familiesOf(loaded.rows);
  const rows = loaded.rows.map(({ instruction, input, output }, index): Example => {
    return { instruction, input, output, topic: 'benign', family: families[index]! };
  });
  return { rows, report: loaded.report };
}

async function readArray(file: string): Promise<readonly unknown[]> {
  const text = await readTextFile(file, expected);
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new UserError(`${file}: is no JSON (${messageOf(error)}), expected ${expected}`);
  }
  if (!Array.isArray(parsed)) throw new UserError(`${file}: /: is ${typeof parsed}, expected ${expected}`);
  return parsed as readonly unknown[];
}

interface AlpacaRow {
  readonly instruction: string;
  readonly input: string;
  readonly output: string;
  readonly category: string | null;
}

function readRow(row: unknown): AlpacaRow | Defect {
  const instruction = textField(row, 'instruction');
  if (typeof instruction !== 'string') return instruction;
  const given = textField(row, 'input');
  if (typeof given !== 'string' && given.is !== 'is missing') return given;
  const output = textField(row, 'output');
  if (typeof output !== 'string') return output;
  if (instruction.trim() === '') return { field: 'instruction', is: 'is empty' };
  if (output.trim() === '') return { field: 'output', is: 'is empty' };
  const category = textField(row, 'category');
  return {
    instruction: instruction.trim(),
    input: typeof given === 'string' && !saysNoInput(given) ? given.trim() : '',
    output: output.trim(),
    category: typeof category === 'string' ? category : null,
  };
}

function saysNoInput(input: string): boolean {
  return /^<?\s*no\s*input\s*>?\.?$/i.test(input.trim());
}

function familiesOf(rows: readonly AlpacaRow[]): string[] {
  const categories = rows.map(({ category }) => category);
  if (categories.every((category) => category !== null)) return categories;
  const words = rows.map(({ instruction }) => /\p{L}+/u.exec(instruction)?.[0].toLowerCase() ?? 'other');
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  const frequent = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).slice(0, namedClasses);
  const named = new Set(frequent.map(([word]) => word));
  return words.map((word) => (named.has(word) ? word : 'other'));
}
